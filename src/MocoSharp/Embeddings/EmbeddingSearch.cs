using System.Buffers;
using System.Numerics.Tensors;
using MocoSharp.Features;
using MocoSharp.Torch;

namespace MocoSharp.Embeddings;

/// <summary>Finds the rows of a file that are nearest to some vectors by cosine: every row is compared, in fp32.</summary>
/// <remarks>Memory holds a part of the file and k rows a query, however long the file is. Few queries read each row once from where it
/// lies; many are multiplied in blocks.</remarks>
internal static class EmbeddingSearch
{
    private const int FewQueries = 12, BlockFloats = 1 << 22, ScanFloats = 1 << 16;

    /// <summary>Finds them.</summary>
    /// <param name="file">The rows that are searched; those without an embedding are passed over.</param>
    /// <param name="queries">[n, D], with the file's D.</param>
    /// <param name="k">How many are sought for each, 1 or more; the file may hold fewer.</param>
    /// <param name="wanted">Which rows of the file are searched; null for all that have an embedding.</param>
    /// <param name="cancel">Stops between parts of the file.</param>
    /// <returns>For each query the nearest first, as rows of the file; of equal cosines the earlier row comes first.</returns>
    internal static (float Similarity, int Row)[][] Nearest(
        EmbeddingsFile file, FeatureSet queries, int k, Func<int, bool>? wanted, CancellationToken cancel) =>
        queries.Count < FewQueries ? Scan(file, queries, k, wanted, cancel) : Multiply(file, queries, k, wanted, cancel);

    private static (float Similarity, int Row)[][] Multiply(
        EmbeddingsFile file, FeatureSet queries, int k, Func<int, bool>? wanted, CancellationToken cancel)
    {
        using GradMode off = GradMode.Off();
        NearestRows[] best = [.. Enumerable.Range(0, queries.Count).Select(_ => new NearestRows(k))];
        foreach (PresentRows part in PresentRows.Blocks(file, wanted, BlockFloats))
        {
            NearestSearch search = new(part.Features, [.. Enumerable.Range(0, part.Rows.Length)], queries, Math.Min(k, part.Rows.Length),
                isSame: false, Device.Cpu, cancel);
            for (int first = 0; first < queries.Count; first += NearestSearch.QueryBlock)
            {
                int start = first;
                int[] asking = [.. Enumerable.Range(first, Math.Min(NearestSearch.QueryBlock, queries.Count - first))];
                (float Score, int Row)[][] found = search.IsCoarseFaster ? search.Coarse(asking) : search.Exact(asking);
                Parallel.For(0, asking.Length, query =>
                {
                    foreach ((float score, int row) in found[query]) best[start + query].Offer([score], part.Rows[row], except: -1);
                });
            }
        }
        return [.. best.Select(static rows => rows.Best().ToArray())];
    }

    // A share of the rows for each processor. A row's cosine does not hang on the shares, and of equal ones the earlier row wins.
    private static (float Similarity, int Row)[][] Scan(
        EmbeddingsFile file, FeatureSet queries, int k, Func<int, bool>? wanted, CancellationToken cancel)
    {
        float[][] units = [.. Enumerable.Range(0, queries.Count).Select(query => Unit(queries.Row(query)))];
        int shares = Environment.ProcessorCount, share = (file.Count + shares - 1) / shares;
        NearestRows[][] found = [.. Enumerable.Range(0, shares).Select(_ => units.Select(_ => new NearestRows(k)).ToArray())];
        Parallel.For(0, shares, new ParallelOptions { CancellationToken = cancel }, own =>
            Scan(file, Math.Min(own * share, file.Count), Math.Min((own + 1) * share, file.Count), units, found[own], wanted, cancel));
        return [.. units.Index().Select(query => Merged([.. found.Select(rows => rows[query.Index])], k))];
    }

    private static void Scan(EmbeddingsFile file, int first, int end, float[][] units, NearestRows[] best, Func<int, bool>? wanted,
        CancellationToken cancel)
    {
        int dimensions = file.Dimensions, most = Math.Max(1, ScanFloats / dimensions);
        float[] values = ArrayPool<float>.Shared.Rent(most * dimensions);
        for (; first < end; first += most)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(most, end - first);
            file.Read(first, values.AsSpan(0, count * dimensions));
            for (int i = 0; i < count; i++)
            {
                if (!file.IsPresent(first + i) || wanted?.Invoke(first + i) == false) continue;
                ReadOnlySpan<float> row = values.AsSpan(i * dimensions, dimensions);
                float inverse = CoarseRows.Inverse(row);
                for (int query = 0; query < units.Length; query++)
                    best[query].Offer([TensorPrimitives.Dot(units[query], row) * inverse], first + i, except: -1);
            }
        }
        ArrayPool<float>.Shared.Return(values);
    }

    private static (float, int)[] Merged(NearestRows[] shares, int k)
    {
        NearestRows best = new(k);
        foreach (NearestRows share in shares)
            foreach ((float score, int row) in share.Best()) best.Offer([score], row, except: -1);
        return best.Best().ToArray();
    }

    private static float[] Unit(ReadOnlySpan<float> row)
    {
        float[] unit = row.ToArray();
        TensorPrimitives.Multiply(row, CoarseRows.Inverse(row), unit);
        return unit;
    }
}
