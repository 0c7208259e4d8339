using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Features;
using MocoSharp.Maps;
using MocoSharp.Maps.Clustering;

namespace MocoSharp;

/// <summary>The rows of a set of embeddings that have one.</summary>
/// <param name="Rows">Their numbers in the set.</param>
/// <param name="Features">[N, D].</param>
/// <param name="Names">Of all rows of the set; null where it has none.</param>
/// <param name="Labels">Of all rows of the set, null for a row without one; null where no row has one.</param>
/// <param name="Absent">Rows without an embedding.</param>
internal sealed record MappedRows(
    IReadOnlyList<int> Rows, PointSet Features, IReadOnlyList<string>? Names, IReadOnlyList<string?>? Labels, int Absent)
{
    private const int RowsAtOnce = 1024;

    /// <summary>Of features in memory.</summary>
    /// <param name="features">[N, D], all of them present.</param>
    /// <param name="names">[N].</param>
    internal static MappedRows Of(FeatureSet features, IReadOnlyList<string> names) => new(
        [.. Enumerable.Range(0, features.Count)], new PointSet(features.Values, features.Dimensions), names,
        features.LabeledCount == 0 ? null : [.. features.Labels.Select(label => label < 0 ? null : features.Classes[label])], Absent: 0);

    /// <summary>Of a file.</summary>
    internal static MappedRows Of(EmbeddingsFile file)
    {
        int dimensions = file.Dimensions;
        int[] rows = [.. Enumerable.Range(0, file.Count).Where(file.IsPresent)];
        if ((long)rows.Length * dimensions > Array.MaxLength)
            throw new MocoException(ErrorIds.EmbeddingsUnreadable,
                $"{rows.Length:N0} embeddings of {dimensions:N0} numbers do not fit into one map", file.Path,
                "map a part of the pictures, and place the others on that map (--onto)");
        float[] values = new float[rows.Length * dimensions], block = new float[RowsAtOnce * dimensions];
        for (int first = 0, to = 0; first < file.Count; first += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, file.Count - first);
            file.Read(first, block.AsSpan(0, count * dimensions));
            for (int i = 0; i < count; i++)
            {
                if (!file.IsPresent(first + i)) continue;
                block.AsSpan(i * dimensions, dimensions).CopyTo(values.AsSpan(to));
                to += dimensions;
            }
        }
        return new MappedRows(rows, new PointSet(values, dimensions), file.Names, file.Labels, file.Count - rows.Length);
    }

    /// <summary>A number for each label, −1 where a picture has none.</summary>
    /// <exception cref="OptionException">No picture has one.</exception>
    internal ReadOnlyMemory<int> LabelNumbers()
    {
        if (Labels is null)
            throw new OptionException("supervised", true, "and no picture has a label", fix: "leave it out, or embed with labels");
        Dictionary<string, int> numbers = [];
        foreach (string label in Labels.OfType<string>().Distinct().Order(StringComparer.Ordinal)) numbers.Add(label, numbers.Count);
        return Rows.Select(row => Labels[row] is { } label ? numbers[label] : -1).ToArray();
    }

    internal IReadOnlyList<MapPoint> Points(PointSet places, Clusters? clusters, bool isNew) =>
        [.. Rows.Select((row, at) => new MapPoint(row, Name(row), Labels?[row], places[at][0], places[at][1],
            clusters?.Labels[at] is >= 0 and int cluster ? cluster : null, isNew))];

    internal IEnumerable<MapCluster> Describe(Clusters clusters)
    {
        for (int cluster = 0; cluster < clusters.Count; cluster++)
        {
            int own = cluster;
            string?[] labels = Labels is null ? []
                : [.. Rows.Where((_, at) => clusters.Labels[at] == own).Select(row => Labels[row])
                    .Where(static label => label is not null)];
            IGrouping<string?, string?>? most = labels.GroupBy(static label => label).OrderByDescending(static group => group.Count())
                .ThenBy(static group => group.Key, StringComparer.Ordinal).FirstOrDefault();
            yield return new MapCluster(cluster, clusters.Sizes[cluster], Name(Rows[clusters.Exemplars[cluster]]), most?.Key,
                most is null ? 0 : (double)most.Count() / labels.Length);
        }
    }

    /// <summary>[N].</summary>
    internal IEnumerable<string> PresentNames => Rows.Select(Name);

    private string Name(int row) => Names?[row] ?? row.ToString(CultureInfo.InvariantCulture);
}
