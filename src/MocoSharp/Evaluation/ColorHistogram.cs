using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>How often each color occurs: what can be known of pictures without looking at their shapes.</summary>
/// <remarks>Square roots of the shares of 6 × 6 × 6 colors, so that a cosine is Bhattacharyya's coefficient. An encoder that is worth its
/// training does better.</remarks>
public static class ColorHistogram
{
    private const int Steps = 6, Bins = Steps * Steps * Steps;

    /// <summary>One histogram a picture.</summary>
    /// <param name="pictures">[N, 3, H, W], fp32: RGB as a view gives it.</param>
    /// <param name="stats">What the view normalized by.</param>
    /// <returns>[N, 216], rows of unit length.</returns>
    public static Tensor Of(Tensor pictures, ChannelStats stats)
    {
        int count = (int)pictures.Size(0);
        float[] pixels = pictures.Permute(0, 2, 3, 1).Contiguous().ToArray<float>(), histograms = new float[count * Bins];
        Parallel.For(0, count, picture =>
        {
            int samples = pixels.Length / count;
            Count(pixels.AsSpan(picture * samples, samples), stats, histograms.AsSpan(picture * Bins, Bins));
        });
        return Tensor.From(histograms, count, Bins);
    }

    private static void Count(ReadOnlySpan<float> pixels, ChannelStats stats, Span<float> histogram)
    {
        for (int pixel = 0; pixel < pixels.Length; pixel += 3)
        {
            int bin = 0;
            for (int channel = 0; channel < 3; channel++)
            {
                int at = stats.Mean.Count == 1 ? 0 : channel;
                float value = pixels[pixel + channel] * stats.Deviation[at] + stats.Mean[at];
                bin = bin * Steps + Math.Clamp((int)(value * Steps), 0, Steps - 1);
            }
            histogram[bin]++;
        }
        for (int bin = 0; bin < histogram.Length; bin++) histogram[bin] = MathF.Sqrt(histogram[bin] * 3 / pixels.Length);
    }
}
