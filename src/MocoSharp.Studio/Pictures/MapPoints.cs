using System.Globalization;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Studio.Pictures;

/// <summary>A map's points, column by column, as <c>moco map --points</c> wrote them.</summary>
internal sealed record MapPoints(string[] Names, string?[] Labels, float[] X, float[] Y, int[] Clusters)
{
    private const int MostPoints = 10_000_000;

    internal int Count => Names.Length;

    /// <exception cref="MocoException">MS5325: there is none. MS5324: it is not a table of points.</exception>
    internal static MapPoints Read(string path)
    {
        if (!File.Exists(path))
            throw new MocoException(StudioErrorIds.NoMap, "the studio has no map of this run's pictures yet", at: path,
                fix: "make it by the button on the page's map");
        try
        {
            using StreamReader text = new(path);
            return Read(Csv.Rows(text), path);
        }
        catch (FormatException error)
        {
            throw Damaged(path, error.Message);
        }
    }

    private static MapPoints Read(IEnumerable<(int Line, List<string> Fields)> rows, string path)
    {
        List<string> names = [];
        List<string?> labels = [];
        List<float> xs = [], ys = [];
        List<int> clusters = [];
        Dictionary<string, string> same = [];
        foreach ((int line, List<string> fields) in rows)
        {
            if (line == 1 && fields is ["name", "label", "x", "y", "cluster", ..]) continue;
            if (line == 1 || fields.Count < 5 || !Number(fields[2], out float x) || !Number(fields[3], out float y))
                throw Damaged(path, $"line {line} is not one of name, label, x, y and cluster");
            if (names.Count == MostPoints) throw Damaged(path, $"it has more than {MostPoints:N0} points");
            names.Add(fields[0]);
            // the texts of labels are few: each is kept once
            if (!same.TryGetValue(fields[1], out string? label)) same.Add(fields[1], label = fields[1]);
            labels.Add(label.Length == 0 ? null : label);
            xs.Add(x);
            ys.Add(y);
            clusters.Add(int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out int cluster) ? cluster : -1);
        }
        return names.Count == 0 ? throw Damaged(path, "it has no points")
            : new MapPoints([.. names], [.. labels], [.. xs], [.. ys], [.. clusters]);
    }

    private static bool Number(string text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    private static MocoException Damaged(string path, string what) =>
        new(StudioErrorIds.BadRequest, $"the map cannot be read: {what}", at: path, fix: "make the map anew");
}
