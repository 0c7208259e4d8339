namespace MocoSharp.Imaging.Augment;

/// <summary>All operations by the name that they have in recipes.</summary>
public static class Augmentations
{
    /// <summary>
    /// Name to record. A recipe's keys are the primary constructor's parameters in camel case; parameters that are left out keep their
    /// default, and the default value of a <see cref="Range"/> stands for the operation's own interval.
    /// </summary>
    public static IReadOnlyDictionary<string, Type> All { get; } = new Dictionary<string, Type>
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
    };
}
