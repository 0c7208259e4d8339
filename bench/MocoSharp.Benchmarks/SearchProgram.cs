using System.Diagnostics;
using System.Text.Json;
using MocoSharp.Embeddings;
using MocoSharp.Torch;

namespace MocoSharp.Benchmarks;

/// <summary>Times searches in a file of embeddings, for bench/compare_search.py. Writes one JSON object.</summary>
internal static class SearchProgram
{
    private const int Top = 10;

    /// <summary>Asks with all queries at once, and with single ones.</summary>
    internal static void Run(string rows, string queries, string index, int repeats, string to)
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(rows), asked = EmbeddingsFile.Open(queries);
        float[] all = new float[asked.Count * asked.Dimensions];
        asked.Read(0, all);
        float[][] each = [.. all.Chunk(asked.Dimensions)];
        IReadOnlyList<RowHit>[] found = file.Nearest(all, Top);
        object? more = null;
        Func<float[], IReadOnlyList<RowHit>> one = query => file.Nearest(query, Top)[0];
        SimilarityIndex? opened = null;
        if (index != "exact")
        {
            IndexResult built = EmbeddingIndex.UpdateAsync(rows,
                new IndexOptions(index == "fp32" ? IndexPrecision.Fp32 : IndexPrecision.I8, Rebuild: true)).Result;
            opened = SimilarityIndex.Open(file)!;
            one = query => opened.Search(query, Top);
            double recall = each.Zip(found, (query, exact) => one(query).Count(hit => hit.Similarity >= exact[^1].Similarity - 1e-5))
                .Average() / Top;
            more = new { recall, candidates = built.Candidates, buildSeconds = built.Seconds, bytes = built.Bytes };
        }
        double together = index == "exact" ? Median(repeats, () => file.Nearest(all, Top)) : 0;
        int next = 0;
        double alone = Median(Math.Min(each.Length, 50 * repeats), () => one(each[next++ % each.Length]));
        using Process process = Process.GetCurrentProcess();
        File.WriteAllText(to, JsonSerializer.Serialize(new
        {
            seconds = together,
            milliseconds = 1e3 * alone,
            first = found.Select(static hits => hits[0].Row).Take(20),
            more,
            level = Kernels.Level,
            threads = Runtime.Threads,
            peakMegabytes = process.PeakWorkingSet64 / 1e6,
        }));
        opened?.Dispose();
    }

    private static double Median(int repeats, Func<object> work)
    {
        double[] seconds = [.. Enumerable.Range(0, repeats).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Order()];
        return seconds[seconds.Length / 2];
    }
}
