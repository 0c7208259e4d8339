using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Cli.Commands;

/// <summary>The values of a column of a CSV file for the pictures of a map.</summary>
internal static class ColumnGroups
{
    private static readonly string[] s_names = ["name", "file", "path"];

    /// <summary>Checks what points shall be colored by, before a map is made.</summary>
    /// <exception cref="MocoException">MS5113.</exception>
    internal static void Check(string? color)
    {
        if (color is null or MapCommand.ByLabel or MapCommand.ByCluster) return;
        if (color.LastIndexOf(':') is not (> 0 and int colon))
            throw Refused(color, "it is neither label, cluster nor FILE.csv:COLUMN", "write one of these");
        if (!File.Exists(color[..colon]))
            throw Refused(color[..colon], "there is no such file", "name a CSV file with a column name or file");
    }

    /// <param name="spec">FILE.csv:COLUMN.</param>
    /// <param name="map">Whose pictures are looked up by their names.</param>
    /// <exception cref="MocoException">MS5113: there is no such file or column, or it knows none of the pictures.</exception>
    internal static string?[] Read(string spec, FolderMap map)
    {
        int colon = spec.LastIndexOf(':');
        (string path, string column) = (spec[..colon], spec[(colon + 1)..]);
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        try
        {
            using StreamReader reader = new(path);
            List<string>? header = null;
            (int nameAt, int valueAt) = (0, 0);
            foreach ((_, List<string> fields) in Csv.Rows(reader))
            {
                if (header is null)
                {
                    header = fields;
                    (nameAt, valueAt) = (header.FindIndex(static name => s_names.Contains(name)), header.IndexOf(column));
                    if (nameAt < 0 || valueAt < 0)
                        throw Refused(path, $"its columns are {string.Join(", ", header)}",
                            nameAt < 0 ? "call the column of the pictures' names 'name' or 'file'" : "name one of these");
                }
                else if (fields.Count > Math.Max(nameAt, valueAt) && fields[valueAt].Length > 0)
                    values[fields[nameAt]] = fields[valueAt];
            }
        }
        catch (FormatException error)
        {
            throw Refused(path, $"it is no CSV file: {error.Message}", "close its quotes", error);
        }
        string?[] groups = [.. map.Points.Select(point => values.GetValueOrDefault(point.Name))];
        return groups.Any(static group => group is not null) ? groups : throw Refused(path, $"it names none of the map's pictures, such as "
            + $"{map.Points[0].Name}", "write the names as 'moco embed' writes them: paths below the data set's folder");
    }

    private static MocoException Refused(string at, string what, string fix, Exception? inner = null) =>
        new(ErrorIds.MapOutput, what, at, fix, inner);
}
