namespace MocoSharp.Imaging.Codecs;

/// <summary>Refuses a picture by its header, before memory is taken for it.</summary>
internal static class PixelLimit
{
    // Four samples a pixel (CMYK, RGBA) must fit in one buffer whatever the caller allows.
    private static readonly long s_mostPixels = Array.MaxLength / 4;

    /// <summary>How many pixels the request allows.</summary>
    internal static long Of(DecodeRequest request) =>
        Math.Min(request.MaximumPixels == 0 ? DecodeRequest.DefaultMaximumPixels : request.MaximumPixels, s_mostPixels);

    /// <summary>Whether a size is within the limit.</summary>
    internal static bool Allows(long width, long height, DecodeRequest request) => width * height <= Of(request);

    /// <summary>Checks a size.</summary>
    /// <exception cref="BadImageException">There are more pixels than allowed.</exception>
    /// <inheritdoc cref="Refusal"/>
    internal static void Check(long width, long height, DecodeRequest request, string name, string because = "")
    {
        if (!Allows(width, height, request))
            throw Refusal(width, height, request, name, because);
    }

    /// <summary>The error for a size above the limit.</summary>
    /// <param name="width">Columns that would be decoded.</param>
    /// <param name="height">Rows that would be decoded.</param>
    /// <param name="request">Holds the limit.</param>
    /// <param name="name">The picture.</param>
    /// <param name="because">Why this size counts, where it is not plain.</param>
    internal static BadImageException Refusal(long width, long height, DecodeRequest request, string name, string because = "") =>
        new(ErrorIds.TooLarge,
            $"the picture would decode to {width} x {height} pixels{because}; at most {Of(request):N0} pixels are decoded", name,
            "shrink the picture, or raise the limit on pixels");
}
