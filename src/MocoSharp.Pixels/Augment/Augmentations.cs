namespace MocoSharp.Imaging.Augment;

/// <summary>All operations by the name that they have in recipes.</summary>
public static class Augmentations
{
    /// <summary>
    /// Name to record. A recipe's keys are the primary constructor's parameters in camel case; parameters that are left out keep their
    /// default, and the default value of a <see cref="Range"/> stands for the operation's own interval.
    /// </summary>
    public static IReadOnlyDictionary<string, Type> All => s_all;

    private static readonly Dictionary<string, Type> s_all = new()
    {
        ["randomResizedCrop"] = typeof(RandomResizedCrop),
        ["resize"] = typeof(Resize),
        ["squash"] = typeof(Squash),
        ["centerFit"] = typeof(CenterFit),
        ["centerCrop"] = typeof(CenterCrop),
        ["randomCrop"] = typeof(RandomCrop),
        ["flip"] = typeof(Flip),
        ["rotation"] = typeof(Rotation),
        ["colorJitter"] = typeof(ColorJitter),
        ["grayscale"] = typeof(Grayscale),
        ["gaussianBlur"] = typeof(GaussianBlur),
        ["solarize"] = typeof(Solarize),
        ["cutout"] = typeof(Cutout),
        ["noise"] = typeof(Noise),
        ["sobel"] = typeof(Sobel),
        ["colorSpace"] = typeof(ColorSpace),
        ["colorProjection"] = typeof(ColorProjection),
        ["lightness"] = typeof(Lightness),
    };

    /// <summary>Makes an operation known to recipes. At the program's start, before recipes are read.</summary>
    /// <typeparam name="T">A record whose primary constructor's parameters are the recipe's keys.</typeparam>
    /// <param name="name">Its name in recipes.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public static void Register<T>(string name) where T : Augmentation
    {
        if (s_all.TryGetValue(name, out Type? known) && known != typeof(T))
            throw new ArgumentException($"the operation '{name}' is {known} already", nameof(name));
        s_all[name] = typeof(T);
    }
}
