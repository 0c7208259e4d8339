namespace MocoSharp.Imaging.Codecs;

/// <summary>Chooses how far a JPEG is shrunk inside the decoder.</summary>
internal static class JpegScale
{
    // 5, 6 and 7 eighths have no SIMD code and take longer than the full size does (224 px: 3,880, 3,420 and 2,790 against 4,260 a second),
    // so they serve only pictures that would be too large otherwise.
    private static ReadOnlySpan<int> Fast => [1, 2, 3, 4, 8];

    private static ReadOnlySpan<int> Slow => [5, 6, 7];

    /// <summary>The size to decode to: the smallest whose shorter side stays at least <see cref="DecodeRequest.ShorterSide"/>.</summary>
    internal static (int Width, int Height) Choose(JpegHeader header, DecodeRequest request)
    {
        int eighths = request.ShorterSide > 0 ? Smallest(Fast, header, request.ShorterSide) : 8;
        if (eighths == 8 && request.ShorterSide > 0 && (long)header.Width * header.Height > PixelLimit.Of(request))
            eighths = Smallest(Slow, header, request.ShorterSide);
        return (Scaled(header.Width, eighths), Scaled(header.Height, eighths));
    }

    private static int Smallest(ReadOnlySpan<int> choices, JpegHeader header, int shorterSide)
    {
        foreach (int eighths in choices)
            if (Scaled(Math.Min(header.Width, header.Height), eighths) >= shorterSide)
                return eighths;
        return 8;
    }

    /// <summary>A side at a number of eighths, rounded up as the library does.</summary>
    private static int Scaled(int side, int eighths) => (side * eighths + 7) / 8;
}
