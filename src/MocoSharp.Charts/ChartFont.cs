using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>Charts are written with a font of the system. Without one, the drawing library leaves out every letter and says
/// nothing.</summary>
internal static class ChartFont
{
    private const string Letters = "Loss 0123456789";

    /// <exception cref="MocoException">MS4015: there is none.</exception>
    internal static void Require()
    {
        using SKTypeface? face = SKTypeface.Default;
        if (face is not null && Letters.Where(static c => c != ' ').All(c => face.GetGlyph(c) != 0)) return;
        throw new MocoException(ErrorIds.NoFont, "there is no font on this system to write a chart's words with",
            fix: "install one, on Debian: apt-get install fontconfig fonts-dejavu-core");
    }
}
