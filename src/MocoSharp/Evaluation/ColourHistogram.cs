using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Evaluation;

/// <summary>How often each colour occurs: what can be known of pictures without looking at their shapes.</summary>
/// <remarks>Square roots of the shares of 6 × 6 × 6 colours, so that a cosine is Bhattacharyya's coefficient. An encoder that is worth its training does better.</remarks>
public static class ColourHistogram
{
    private const int Steps = 6;

    /// <summary>One histogram a picture; scenes that cannot be read count as unlabelled.</summary>
    /// <param name="source">RGB pictures.</param>
    /// <param name="view">What is seen of each: 3 channels, nothing random.</param>
    /// <param name="request">How pictures are read.</param>
    /// <param name="cancel">Stops between pictures.</param>
    public static FeatureSet Of(IImageSource source, ViewPipeline view, DecodeRequest request, CancellationToken cancel = default)
    {
        const int bins = Steps * Steps * Steps;
        ImageSize size = view.Output(channels: 3);
        float[] values = new float[source.Count * bins];
        int[] labels = new int[source.Count];
        Parallel.For(0, source.Count, new ParallelOptions { CancellationToken = cancel }, static () => new Canvas(), (index, _, canvas) =>
        {
            try
            {
                float[] pixels = new float[size.Samples];
                Rng rng = Rng.For(0);
                view.Render(source.Load(index, request), ref rng, canvas, pixels);
                Count(pixels, view.Stats, values.AsSpan(index * bins, bins));
                labels[index] = source.Label(index);
            }
            catch (BadImageException)
            {
                labels[index] = -1;
            }
            return canvas;
        }, static _ => { });
        return new FeatureSet(values, bins, labels, source.Classes);
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
