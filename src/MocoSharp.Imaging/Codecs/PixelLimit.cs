using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Refuses a picture by its header, before memory is taken for it.</summary>
internal static class PixelLimit
{
    // Four samples a pixel (CMYK, RGBA) must fit in one buffer whatever the caller allows.
    private static readonly long s_mostPixels = Array.MaxLength / 4;

    /// <summary>How many pixels the request allows.</summary>
    internal static long Of(DecodeRequest request) =>
        Math.Min(request.MaximumPixels == 0 ? DecodeRequest.DefaultMaximumPixels : request.MaximumPixels, s_mostPixels);

    /// <summary>Checks a size.</summary>
    /// <param name="width">Columns that would be decoded.</param>
    /// <param name="height">Rows that would be decoded.</param>
    /// <param name="request">Holds the limit.</param>
    /// <param name="name">The picture.</param>
    /// <param name="because">Why this size counts, where it is not plain.</param>
    /// <exception cref="BadImageException">There are more pixels than allowed.</exception>
    internal static void Check(long width, long height, DecodeRequest request, string name, string because = "")
    {
        if (width * height > Of(request))
            throw new BadImageException(ErrorIds.TooLarge,
                $"the picture would decode to {width} x {height} pixels{because}; at most {Of(request):N0} pixels are decoded", name,
                "shrink the picture, or raise the limit on pixels");
    }
}
