using MocoSharp.Imaging.Datasets;
using MocoSharp.Studio.Labeling;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Maps;

/// <summary>All that a map's points can be colored by: label, cluster, part of the data set, labels given here, and the columns of tables
/// in
/// the run's studio folder.</summary>
internal static class MapColumns
{
    private const long LargestTable = 256 << 20;
    private const int MostColumns = 64;

    private static readonly HashSet<string> s_parts = ["train", "test", "val", "valid", "validation", "unlabeled"];

    /// <summary>Builds them.</summary>
    /// <param name="collection">The map's pictures.</param>
    /// <param name="labels">What was labeled here.</param>
    /// <param name="notes">Told what cannot be read, or shown by colors.</param>
    internal static IReadOnlyList<MapColumn> Of(Collection collection, LabelBook labels, Action<string> notes)
    {
        MapPoints points = collection.Points;
        List<MapColumn?> columns =
        [
            MapColumn.Of("label", points.Labels), MapColumn.OfClusters(points.Clusters),
            MapColumn.Of("part", [.. points.Names.Select(PartOf)]),
            MapColumn.Of("given", [.. Enumerable.Range(0, points.Count).Select(labels.Given)]),
        ];
        foreach (string table in collection.Run.Kept.Tables)
        {
            try
            {
                columns.AddRange(Read(table, collection, notes));
            }
            catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
            {
                notes($"{Path.GetFileName(table)} cannot be read: {error.Message}");
            }
        }
        return [.. columns.OfType<MapColumn>().Take(MostColumns)];
    }

    /// <summary>The folder of the data set that a picture's name begins with; null where it has no parts.</summary>
    internal static string? PartOf(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && s_parts.Contains(name[..slash]) ? name[..slash] : null;
    }

    private static IEnumerable<MapColumn?> Read(string path, Collection collection, Action<string> notes)
    {
        string file = Path.GetFileName(path);
        if (new FileInfo(path).Length > LargestTable)
        {
            notes($"{file} is too large to be read");
            return [];
        }
        using StreamReader text = new(path);
        List<string>? heads = null;
        string?[][] values = [];
        int key = -1;
        foreach ((_, List<string> fields) in Csv.Rows(text))
        {
            if (heads is null)
            {
                heads = fields;
                key = heads.FindIndex(static head => head is "name" or "file");
                if (key < 0) break;
                values = [.. heads.Take(MostColumns).Select(_ => new string?[collection.Points.Count])];
                continue;
            }
            if (key >= fields.Count || collection.Find(fields[key]) is not (>= 0 and int place)) continue;
            for (int i = 0; i < Math.Min(fields.Count, values.Length); i++)
                if (i != key && fields[i].Length > 0) values[i][place] = fields[i];
        }
        if (key >= 0) return values.Select((column, i) => i == key ? null : MapColumn.Of($"{heads![i]} ({file})", column));
        notes($"{file} has no column name or file, so its rows are not known to be of any picture");
        return [];
    }
}
