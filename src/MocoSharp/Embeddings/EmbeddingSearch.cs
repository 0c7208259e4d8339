using MocoSharp.Features;
using MocoSharp.Torch;

namespace MocoSharp.Embeddings;

/// <summary>Finds the rows of a file that are nearest to some vectors by cosine: every row is compared, in fp32.</summary>
/// <remarks>Memory holds a part of the file and k rows a query, however long the file is.</remarks>
internal static class EmbeddingSearch
{
    /// <summary>Finds them.</summary>
    /// <param name="file">The rows that are searched; those without an embedding are passed over.</param>
    /// <param name="queries">[n, D], with the file's D.</param>
    /// <param name="k">How many are sought for each, 1 or more; the file may hold fewer.</param>
    /// <param name="wanted">Which rows of the file are searched; null for all that have an embedding.</param>
    /// <param name="cancel">Stops between parts of the file.</param>
    /// <returns>For each query the nearest first, as rows of the file; of equal cosines the earlier row comes first.</returns>
    internal static (float Similarity, int Row)[][] Nearest(
        EmbeddingsFile file, FeatureSet queries, int k, Func<int, bool>? wanted, CancellationToken cancel)
    {
        using GradMode off = GradMode.Off();
        int[] asking = [.. Enumerable.Range(0, queries.Count)];
        NearestRows[] best = [.. asking.Select(_ => new NearestRows(k))];
        foreach (PresentRows part in PresentRows.Blocks(file, wanted))
        {
            int[] all = [.. Enumerable.Range(0, part.Rows.Length)];
            NearestSearch search = new(part.Features, all, queries, k, isSame: false, Device.Cpu, cancel);
            (float Score, int Row)[][] found = search.Exact(asking);
            Parallel.For(0, asking.Length, query =>
            {
                foreach ((float score, int row) in found[query]) best[query].Offer([score], part.Rows[row], except: -1);
            });
        }
        return [.. best.Select(static rows => rows.Best().ToArray())];
    }
}
