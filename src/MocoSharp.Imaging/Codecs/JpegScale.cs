using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Chooses how far a JPEG is shrunk inside the decoder.</summary>
internal static class JpegScale
{
    /// <summary>The size to decode to.</summary>
    /// <returns>The smallest width and height among the eighths whose shorter side stays at least <see cref="DecodeRequest.ShorterSide"/>.</returns>
    internal static (int Width, int Height) Choose(JpegHeader header, DecodeRequest request)
    {
        int shorter = Math.Min(header.Width, header.Height);
        for (int eighths = 1; eighths < 8 && request.ShorterSide > 0; eighths++)
            if (Scaled(shorter, eighths) >= request.ShorterSide)
                return (Scaled(header.Width, eighths), Scaled(header.Height, eighths));
        return (header.Width, header.Height);
    }

    /// <summary>A side at a number of eighths, rounded up as the library does.</summary>
    private static int Scaled(int side, int eighths) => (side * eighths + 7) / 8;
}
