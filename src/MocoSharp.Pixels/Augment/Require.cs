namespace MocoSharp.Imaging.Augment;

/// <summary>What an augmentation needs of the picture.</summary>
internal static class Require
{
    public static void Rgb(Augmentation operation, int channels)
    {
        if (channels is not (1 or 3))
            throw new ImagingException(ErrorIds.AugmentationChannels,
                $"{operation.Name} works on RGB or gray pictures, and this one has {channels} channels",
                fix: $"put {operation.Name} before the operation that changes the channels, or take it out of the view");
    }
}
