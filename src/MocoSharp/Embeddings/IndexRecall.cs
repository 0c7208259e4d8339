using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Embeddings;

/// <summary>How much of what is truly nearest an index finds.</summary>
/// <param name="Share">Of the ten nearest, 0 to 1, the mean over the rows that asked; a row does not count as its own neighbor.</param>
/// <param name="Candidates">At how many entries each search looked.</param>
/// <param name="Asked">How many rows asked.</param>
/// <param name="Milliseconds">One search, the median.</param>
internal sealed record IndexRecall(double Share, int Candidates, int Asked, double Milliseconds)
{
    /// <summary>As many as a search looks at where that is enough.</summary>
    internal const int LeastCandidates = 64;

    private const int MostAsked = 200, Top = 10, MostCandidates = 512;
    private const double Enough = 0.99;
    private const ulong Seed = 4;
    private const float Rounding = 1e-5f;

    internal static IndexRecall Of(EmbeddingsFile file, SimilarityIndex index, TimeProvider time, CancellationToken cancel)
    {
        int[] asked = Drawn(file);
        if (asked.Length == 0) return new IndexRecall(1, LeastCandidates, 0, 0);
        float[] values = new float[asked.Length * file.Dimensions];
        foreach ((int place, int row) in asked.Index()) file.Read(row, values.AsSpan(place * file.Dimensions, file.Dimensions));
        FeatureSet queries = PresentRows.Unlabeled(values, file.Dimensions);
        (float Similarity, int Row)[][] exact = EmbeddingSearch.Nearest(file, queries, Top + 1, wanted: null, cancel);
        for (int candidates = LeastCandidates; ; candidates *= 2)
        {
            IndexRecall found = Of(asked, queries, exact, index, candidates, time);
            if (found.Share >= Enough || candidates >= MostCandidates) return found;
        }
    }

    private static IndexRecall Of(int[] asked, FeatureSet queries, (float Similarity, int Row)[][] exact, SimilarityIndex index,
        int candidates, TimeProvider time)
    {
        double[] shares = new double[asked.Length], milliseconds = new double[asked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            int itself = asked[i];
            float[] nearest = [.. exact[i].Where(hit => hit.Row != itself).Select(static hit => hit.Similarity).Take(Top)];
            long begun = time.GetTimestamp();
            IReadOnlyList<RowHit> hits = index.Search(queries.Row(i), Top + 1, candidates);
            milliseconds[i] = time.GetElapsedTime(begun).TotalMilliseconds;
            // of rows that are equally near any will do
            int found = hits.Count(hit => hit.Row != itself && nearest.Length > 0 && hit.Similarity >= nearest[^1] - Rounding);
            shares[i] = nearest.Length == 0 ? 1 : Math.Min(1.0, (double)found / nearest.Length);
        }
        Array.Sort(milliseconds);
        return new IndexRecall(shares.Average(), candidates, asked.Length, milliseconds[milliseconds.Length / 2]);
    }

    private static int[] Drawn(EmbeddingsFile file)
    {
        float[] row = new float[file.Dimensions];
        int[] present = [.. Enumerable.Range(0, file.Count).Where(file.IsPresent)];
        Rng.For(Seed).Shuffle(present.AsSpan());
        return [.. present.Where(place =>
        {
            file.Read(place, row);
            return row.AsSpan().ContainsAnyExcept(0f);
        }).Take(MostAsked)];
    }
}
