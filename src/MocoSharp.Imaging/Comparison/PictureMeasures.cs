namespace MocoSharp.Imaging.Comparison;

/// <summary>Numbers that tell an odd picture from the others of its set.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Deviation">The standard deviation of the channel that varies most, in levels of 255; 0 for one color.</param>
/// <param name="Low">The brightness that 5% of the pixels do not exceed, 0 to 255.</param>
/// <param name="High">The brightness that 95% of the pixels do not exceed, 0 to 255.</param>
/// <param name="Entropy">Of the histogram of 256 levels of brightness, 0 to 8 bits.</param>
/// <param name="Color">The mean over all pixels of the strongest channel less the weakest, 0 to 255; 0 for gray pictures.</param>
/// <param name="Sharpness">How steep the steepest edges are: the absolute Laplacian that 0.3% of the pixels exceed, divided by
/// <see cref="High"/> − <see cref="Low"/>, at a longer side of <see cref="StandardSide"/> pixels or less. About 1 for edges within one
/// pixel, and 0.24 / σ² behind a blur of σ ≥ 1 pixels. 1 for pictures of less than 3 pixels a side.</param>
public sealed record PictureMeasures(
    int Width, int Height, double Deviation, double Low, double High, double Entropy, double Color, double Sharpness)
{
    /// <summary>Larger pictures are shrunk to this longer side before their sharpness is measured, so that sizes do not matter.</summary>
    public const int StandardSide = 256;

    private const double LowShare = 0.05, HighShare = 0.95, SteepShare = 0.997, LeastRange = 1;
    private const int Levels = 256, LaplacianLevels = 4 * Levels, StepsALevel = 8, LeastSide = 3;

    /// <summary>Measures a picture.</summary>
    /// <param name="image">Any number of channels; brightness is Rec. 601's of three, and the mean of others.</param>
    public static PictureMeasures Of(Image image)
    {
        float[] plane = GrayPlane.Of(image);
        int[] histogram = new int[Levels];
        foreach (float value in plane) histogram[(int)(value + 0.5f)]++;
        int low = Quantile(histogram, plane.Length, LowShare), high = Quantile(histogram, plane.Length, HighShare);
        (double deviation, double color) = Channels(image);
        return new PictureMeasures(image.Width, image.Height, deviation, low, high, EntropyOf(histogram, plane.Length), color,
            SharpnessOf(plane, image, Math.Max(LeastRange, high - low)));
    }

    private static (double Deviation, double Color) Channels(Image image)
    {
        int channels = image.Channels, pixels = image.Width * image.Height;
        long[] sums = new long[channels], squares = new long[channels];
        long spread = 0;
        ReadOnlySpan<byte> samples = image.Samples;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            int least = byte.MaxValue, most = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                int value = samples[pixel * channels + channel];
                sums[channel] += value;
                squares[channel] += value * value;
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }
            spread += most - least;
        }
        double variance = sums.Zip(squares, (sum, square) => (square - (double)sum * sum / pixels) / pixels).Max();
        return (Math.Sqrt(Math.Max(0, variance)), (double)spread / pixels);
    }

    private static int Quantile(ReadOnlySpan<int> histogram, long count, double share)
    {
        long seen = 0;
        for (int level = 0; level < histogram.Length; level++)
            if ((seen += histogram[level]) >= share * count) return level;
        return histogram.Length - 1;
    }

    private static double EntropyOf(int[] histogram, double count) =>
        -histogram.Where(static pixels => pixels > 0).Sum(pixels => pixels / count * Math.Log2(pixels / count));

    private static double SharpnessOf(float[] plane, Image image, double range)
    {
        double scale = Math.Min(1, (double)StandardSide / Math.Max(image.Width, image.Height));
        int width = (int)Math.Round(image.Width * scale), height = (int)Math.Round(image.Height * scale);
        if (width < LeastSide || height < LeastSide) return 1;
        if (scale < 1)
        {
            float[] small = new float[width * height];
            AreaShrink.Run(plane, image.Width, new AreaTaps(image.Width, 0, image.Width, width),
                new AreaTaps(image.Height, 0, image.Height, height), small);
            plane = small;
        }
        int[] histogram = new int[LaplacianLevels * StepsALevel];
        for (int y = 1; y < height - 1; y++)
            for (int at = y * width + 1; at < (y + 1) * width - 1; at++)
            {
                float laplacian = plane[at - 1] + plane[at + 1] + plane[at - width] + plane[at + width] - 4 * plane[at];
                histogram[Math.Min(histogram.Length - 1, (int)(Math.Abs(laplacian) * StepsALevel + 0.5f))]++;
            }
        return Quantile(histogram, (long)(width - 2) * (height - 2), SteepShare) / (StepsALevel * range);
    }
}
