using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Bench;

/// <summary>What to time.</summary>
/// <param name="Views">How views are made.</param>
/// <param name="Batch">Pictures a pass, decoded beforehand.</param>
/// <param name="Side">Side of the pictures that views are made of, in pixels, where they are noise.</param>
/// <param name="Source">Where real pictures come from, which stays the caller's; the first ones are taken, and fewer than a batch where
/// there are fewer. Null for noise.</param>
/// <param name="Color">As RGB or as gray.</param>
public sealed record AugmentBenchmarkOptions(ViewRecipe Views, int Batch = 64, int Side = 224, IImageSource? Source = null,
    Color Color = Color.Rgb);

/// <summary>What views cost on one thread.</summary>
/// <param name="ImagesPerSecond">Pictures, all their views made, a second: the median pass.</param>
/// <param name="SlowestImagesPerSecond">The slowest pass.</param>
/// <param name="FastestImagesPerSecond">The fastest pass.</param>
/// <param name="Pictures">A pass.</param>
/// <param name="Views">A picture.</param>
/// <param name="PeakMegabytes">The most that the process held, start and the pictures included.</param>
/// <param name="Milliseconds">A picture's time by operation, all views together, chances included.</param>
public sealed record AugmentBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond, int Pictures, int Views, double PeakMegabytes,
    IReadOnlyDictionary<string, double> Milliseconds);

/// <summary>Times a recipe's operations on pictures in memory, on one thread.</summary>
public static class AugmentBenchmark
{
    private const int Passes = 15;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="options">What to time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between passes.</param>
    /// <exception cref="BadImageException">One of the pictures cannot be read.</exception>
    public static AugmentBenchmarkResult Run(AugmentBenchmarkOptions options, TimeProvider time, CancellationToken cancel = default)
    {
        ViewRecipe views = options.Views;
        using DecodedSource source = new(Decode(options));
        Canvas canvas = new();
        int channels = options.Color == Color.Rgb ? 3 : 1;
        float[][] room = [.. views.Views.Select(view => new float[view.Output(channels).Samples])];
        for (long start = time.GetTimestamp(); time.GetElapsedTime(start) < s_warmUp;) Pass(0);
        double[] rates = new double[Passes];
        for (int pass = 0; pass < Passes; pass++)
        {
            cancel.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            Pass(pass);
            rates[pass] = source.Count / time.GetElapsedTime(start).TotalSeconds;
        }
        Spread spread = Spread.Of(rates);
        Dictionary<string, double> parts = StageTimes.Of(source, views, new DecodeRequest(options.Color), time, cancel);
        parts.Remove(StageTimes.Decode);
        return new AugmentBenchmarkResult(spread.Median, spread.Least, spread.Most, source.Count, views.Count,
            ProcessMemory.PeakBytes() / 1e6, parts);

        void Pass(int pass)
        {
            for (int index = 0; index < source.Count; index++)
                for (int view = 0; view < views.Count; view++)
                {
                    Rng rng = Rng.For(seed: 1, pass, index, view);
                    views.Views[view].Render(source.Load(index, default), ref rng, canvas, room[view]);
                }
        }
    }

    private static Image[] Decode(AugmentBenchmarkOptions options)
    {
        if (options.Source is not { } source)
            return [.. Enumerable.Range(0, options.Batch).Select(index => Noise(index, options.Side, options.Color))];
        return [.. Enumerable.Range(0, Math.Min(options.Batch, source.Count))
            .Select(index => source.Load(index, new DecodeRequest(options.Color)))];
    }

    private static Image Noise(int index, int side, Color color)
    {
        Rng rng = Rng.For(seed: 1, sample: index);
        Image image = new(side, side, color == Color.Rgb ? 3 : 1);
        foreach (ref byte sample in image.Samples.AsSpan()) sample = (byte)(rng.NextUInt64() >> 56);
        return image;
    }

    /// <summary>Pictures in memory.</summary>
    private sealed class DecodedSource(Image[] images) : IImageSource
    {
        public int Count => images.Length;

        public IReadOnlyList<string> Classes => [];

        public string Name(int index) => $"picture {index}";

        public int Label(int index) => -1;

        public Image Load(int index, DecodeRequest request) => images[index];

        public void Dispose()
        {
            // Only memory.
        }
    }
}
