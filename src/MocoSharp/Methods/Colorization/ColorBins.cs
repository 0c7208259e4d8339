using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;

namespace MocoSharp.Methods.Colorization;

/// <summary>The plane of a and b in squares of 10 units: those that a color of sRGB lies in, at any lightness.</summary>
/// <remarks>Zhang et al. 2016, arXiv:1603.08511, section 2.1. Computed: colors of the surface of the RGB cube are projected on the plane,
/// and what the cube encloses lies among them. The authors' list, of 313, has squares that no color of sRGB falls into.</remarks>
internal static class ColorBins
{
    private const int Step = 10, Levels = 256;

    /// <summary>The squares' centers, in the order of a, then b.</summary>
    internal static IReadOnlyList<(int A, int B)> Centers { get; } = [.. InGamut().Order()];

    /// <summary>The squares' centers, [Q, 2].</summary>
    internal static Tensor AsTensor() => Tensor.From([.. Centers.SelectMany(static center => new[] { (float)center.A, center.B })],
        Centers.Count, 2);

    private static HashSet<(int A, int B)> InGamut()
    {
        HashSet<(int A, int B)> found = [];
        for (int i = 0; i < Levels; i++)
            for (int j = 0; j < Levels; j++)
            {
                (double x, double y) = (i / (Levels - 1.0), j / (Levels - 1.0));
                foreach (double face in (ReadOnlySpan<double>)[0, 1])
                {
                    found.Add(Square(ColorSpace.Lab(face, x, y)));
                    found.Add(Square(ColorSpace.Lab(x, face, y)));
                    found.Add(Square(ColorSpace.Lab(x, y, face)));
                }
            }
        return found;
    }

    private static (int A, int B) Square((double L, double A, double B) color) =>
        (Step * (int)Math.Round(color.A / Step), Step * (int)Math.Round(color.B / Step));
}
