namespace MocoSharp.Imaging.Augment;

/// <summary>Checks of an augmentation's parameters: each error names the operation, the parameter and the value.</summary>
internal static class Require
{
    public static void Chance(string operation, float chance) =>
        That(chance is >= 0 and <= 1, operation, "chance", chance, "a number from 0 (never) to 1 (always)");

    public static void Positive(string operation, string name, int value) => That(value >= 1, operation, name, value, "1 or more");

    public static void Between(string operation, string name, float value, float low, float high) =>
        That(value >= low && value <= high, operation, name, value, $"a number from {low} to {high}");

    public static void Ordered(string operation, string name, Range range, float above, float atMost = float.MaxValue) =>
        That(range.Low > above && range.High <= atMost && range.Low <= range.High, operation, name, range,
            $"two numbers, the lower first, above {above}" + (atMost < float.MaxValue ? $" and at most {atMost}" : ""));

    public static void Rgb(Augmentation operation, int channels)
    {
        if (channels is not (1 or 3))
            throw new ImagingException(ErrorIds.AugmentationChannels, $"{operation.Name} works on RGB or grey pictures, and this one has {channels} channels",
                fix: $"put {operation.Name} before the operation that changes the channels, or take it out of the view");
    }

    private static void That(bool holds, string operation, string name, object value, string wanted)
    {
        if (!holds)
            throw new ImagingException(ErrorIds.AugmentationOption, $"{operation}'s {name} is {value}", at: $"{operation}.{name}",
                fix: $"set {name} to {wanted}");
    }
}
