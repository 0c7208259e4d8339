using MocoSharp.Features;

namespace MocoSharp.Embeddings;

/// <summary>Rows of a file that have an embedding, a part of them at a time.</summary>
/// <param name="Features">[n, D].</param>
/// <param name="Rows">[n]: their places in the file, in rising order.</param>
internal sealed record PresentRows(FeatureSet Features, int[] Rows)
{
    private const int FloatsAtOnce = 1 << 21;

    /// <summary>The rows of a file that have an embedding, in parts of a few thousand.</summary>
    /// <param name="file">The file.</param>
    /// <param name="wanted">Which of them; null for all.</param>
    /// <param name="floats">About how many numbers a part has; null for those of a few thousand rows at most.</param>
    internal static IEnumerable<PresentRows> Blocks(EmbeddingsFile file, Func<int, bool>? wanted = null, int? floats = null)
    {
        int most = floats is { } wide ? Math.Max(1, wide / file.Dimensions)
            : Math.Clamp(FloatsAtOnce / file.Dimensions, 1, NearestSearch.QueryBlock);
        for (int first = 0; first < file.Count; first += most)
        {
            int[] rows = [.. Enumerable.Range(first, Math.Min(most, file.Count - first))
                .Where(row => file.IsPresent(row) && wanted?.Invoke(row) != false)];
            if (rows.Length > 0) yield return Read(file, rows);
        }
    }

    private static PresentRows Read(EmbeddingsFile file, int[] rows)
    {
        int first = rows[0];
        float[] values = new float[(rows[^1] - first + 1) * file.Dimensions];
        file.Read(first, values);
        for (int i = 0; i < rows.Length && rows.Length * file.Dimensions < values.Length; i++)
            values.AsSpan((rows[i] - first) * file.Dimensions, file.Dimensions).CopyTo(values.AsSpan(i * file.Dimensions));
        if (rows.Length * file.Dimensions < values.Length) values = values[..(rows.Length * file.Dimensions)];
        return new PresentRows(Unlabeled(values, file.Dimensions), rows);
    }

    /// <summary>Vectors without classes.</summary>
    /// <param name="values">[n, D].</param>
    /// <param name="dimensions">D.</param>
    internal static FeatureSet Unlabeled(float[] values, int dimensions)
    {
        int[] labels = new int[values.Length / dimensions];
        labels.AsSpan().Fill(-1);
        return new FeatureSet(values, dimensions, labels, []);
    }
}
