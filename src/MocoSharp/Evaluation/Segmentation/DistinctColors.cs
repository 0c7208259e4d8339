using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Colors that the eye tells apart, for classes and clusters that have none.</summary>
internal static class DistinctColors
{
    private const double GoldenRatio = 0.618033988749895;

    /// <summary>The color of a number, from 0: hues a golden section apart, three degrees of brightness in turn.</summary>
    internal static Rgb Of(int number)
    {
        double hue = number * GoldenRatio % 1 * 6, bright = number % 3 == 0 ? 0.95 : number % 3 == 1 ? 0.7 : 0.85;
        return new Rgb(Part(5), Part(3), Part(1));

        byte Part(int offset)
        {
            double place = (offset + hue) % 6, share = Math.Clamp(Math.Min(place, 4 - place), 0, 1);
            return (byte)Math.Round(255 * bright * (1 - 0.75 * share));
        }
    }
}
