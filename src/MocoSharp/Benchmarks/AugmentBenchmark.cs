using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Benchmarks;

/// <summary>What views cost on one thread.</summary>
/// <param name="ImagesPerSecond">Pictures, all their views made, a second: the median pass.</param>
/// <param name="SlowestImagesPerSecond">The slowest pass.</param>
/// <param name="FastestImagesPerSecond">The fastest pass.</param>
/// <param name="Views">A picture.</param>
/// <param name="Milliseconds">A picture's time by operation, all views together, chances included.</param>
public sealed record AugmentBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond, int Views, IReadOnlyDictionary<string, double> Milliseconds);

/// <summary>Times a recipe's operations on pictures in memory, on one thread.</summary>
public static class AugmentBenchmark
{
    private const int Pictures = 64, Passes = 15;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="views">How views are made.</param>
    /// <param name="side">Side of the pictures that views are made of, in pixels.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between passes.</param>
    public static AugmentBenchmarkResult Run(ViewRecipe views, int side, TimeProvider time, CancellationToken cancel = default)
    {
        using NoiseSource source = new(Pictures, side);
        Canvas canvas = new();
        float[][] room = [.. views.Views.Select(view => new float[view.Output(3).Samples])];
        for (long start = time.GetTimestamp(); time.GetElapsedTime(start) < s_warmUp;) Pass(0);
        double[] rates = new double[Passes];
        for (int pass = 0; pass < Passes; pass++)
        {
            cancel.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            Pass(pass);
            rates[pass] = Pictures / time.GetElapsedTime(start).TotalSeconds;
        }
        Spread spread = Spread.Of(rates);
        return new AugmentBenchmarkResult(spread.Median, spread.Least, spread.Most, views.Count, StageTimes.Of(source, views, new DecodeRequest(), time, cancel)
            .Where(static part => part.Key != StageTimes.Decode).ToDictionary());

        void Pass(int pass)
        {
            for (int index = 0; index < Pictures; index++)
                for (int view = 0; view < views.Count; view++)
                {
                    Rng rng = Rng.For(seed: 1, pass, index, view);
                    views.Views[view].Render(source.Load(index, default), ref rng, canvas, room[view]);
                }
        }
    }

    /// <summary>Random pictures in memory.</summary>
    private sealed class NoiseSource : IImageSource
    {
        private readonly Image[] _images;

        internal NoiseSource(int count, int side)
        {
            Rng rng = Rng.For(seed: 1);
            _images = new Image[count];
            for (int i = 0; i < count; i++)
            {
                _images[i] = new Image(side, side, 3);
                foreach (ref byte sample in _images[i].Samples.AsSpan()) sample = (byte)(rng.NextUInt64() >> 56);
            }
        }

        public int Count => _images.Length;

        public IReadOnlyList<string> Classes => [];

        public string Name(int index) => $"picture {index}";

        public int Label(int index) => -1;

        public Image Load(int index, DecodeRequest request) => _images[index];

        public void Dispose()
        {
            // Only memory.
        }
    }
}
