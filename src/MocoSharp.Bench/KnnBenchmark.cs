using System.Diagnostics;
using System.Runtime.InteropServices;
using MocoSharp.Features;
using MocoSharp.Torch;

namespace MocoSharp.Bench;

/// <summary>What to time.</summary>
/// <param name="Bank">Rows that vote.</param>
/// <param name="Queries">Rows to name.</param>
/// <param name="Dimensions">Of each row.</param>
/// <param name="Neighbors">k.</param>
/// <param name="Repeats">Timed runs, after one that is not.</param>
public sealed record KnnBenchmarkOptions(int Bank = 50_000, int Queries = 10_000, int Dimensions = 512, int Neighbors = 200,
    int Repeats = 5)
{
    /// <summary>Classes of the features that are made.</summary>
    public const int Classes = 10;
}

/// <summary>What a kNN test costs.</summary>
/// <param name="ImagesPerSecond">Queries a second, the median run.</param>
/// <param name="SlowestImagesPerSecond">The slowest run.</param>
/// <param name="FastestImagesPerSecond">The fastest run.</param>
/// <param name="Seconds">The median run.</param>
/// <param name="Accuracy">Top-1 on the features that were made, 0 to 1.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="PeakMegabytes">The most that the process held.</param>
public sealed record KnnBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond, double Seconds, double Accuracy, int Threads,
    double PeakMegabytes);

/// <summary>Times the kNN test on features that are made for it.</summary>
public static class KnnBenchmark
{
    private const int Hidden = 48;

    /// <summary>Runs it.</summary>
    /// <param name="options">How many rows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="saveTo">Where to leave the features for another program: two sets, the bank first; see <see cref="Save"/>. Null keeps
    /// them.</param>
    /// <param name="cancel">Stops between blocks.</param>
    public static KnnBenchmarkResult Run(KnnBenchmarkOptions options, TimeProvider time, string? saveTo = null,
        CancellationToken cancel = default)
    {
        (FeatureSet bank, FeatureSet queries) = Features(options);
        if (saveTo is not null) Save(saveTo, bank, queries);
        KnnClassifier knn = new(options.Neighbors);
        double accuracy = knn.Evaluate(bank, queries, cancel).Accuracy;
        double[] seconds = new double[options.Repeats];
        for (int i = 0; i < seconds.Length; i++)
        {
            long start = time.GetTimestamp();
            _ = knn.Evaluate(bank, queries, cancel);
            seconds[i] = time.GetElapsedTime(start).TotalSeconds;
        }
        Spread spread = Spread.Of(seconds);
        using Process process = Process.GetCurrentProcess();
        return new KnnBenchmarkResult(options.Queries / spread.Median, options.Queries / spread.Most, options.Queries / spread.Least,
            spread.Median, accuracy,
            Runtime.Threads, process.PeakWorkingSet64 / 1e6);
    }

    /// <summary>Features as an encoder gives them: classes overlap, few directions carry most of the variance, nothing is below
    /// 0.</summary>
    internal static (FeatureSet Bank, FeatureSet Queries) Features(KnnBenchmarkOptions options)
    {
        Runtime.Seed(1);
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor centers = Tensor.RandomNormal([KnnBenchmarkOptions.Classes, Hidden]),
            mixing = Tensor.RandomNormal([Hidden, options.Dimensions]);
        string[] names = [.. Enumerable.Range(0, KnnBenchmarkOptions.Classes).Select(static label => $"class {label}")];
        return (Make(options.Bank), Make(options.Queries));

        FeatureSet Make(int count)
        {
            int[] labels = [.. Enumerable.Range(0, count).Select(static row => row % KnnBenchmarkOptions.Classes)];
            Tensor latent = Tensor.RandomNormal([count, Hidden]);
            Span<float> values = latent.AsSpan<float>();
            ReadOnlySpan<float> middles = centers.AsSpan<float>();
            for (int i = 0; i < values.Length; i++) values[i] += 0.4f * middles[labels[i / Hidden] * Hidden + i % Hidden];
            Tensor features = latent.MatMul(mixing) * (1 / Math.Sqrt(Hidden)) + Tensor.RandomNormal([count, options.Dimensions]) * 0.3;
            float[] rows = features.ToArray<float>();
            for (int i = 0; i < rows.Length; i++) rows[i] = Math.Max(0, rows[i]);
            return new FeatureSet(rows, options.Dimensions, labels, names);
        }
    }

    /// <summary>Writes sets one after the other: rows, dimensions and classes as int64, then float32 rows, then int32 labels.</summary>
    internal static void Save(string path, params ReadOnlySpan<FeatureSet> sets)
    {
        using FileStream file = File.Create(path);
        foreach (FeatureSet set in sets)
        {
            file.Write(MemoryMarshal.AsBytes<long>([set.Count, set.Dimensions, set.Classes.Count]));
            file.Write(MemoryMarshal.AsBytes(set.Values.AsSpan()));
            file.Write(MemoryMarshal.AsBytes(set.Labels.AsSpan()));
        }
    }
}
