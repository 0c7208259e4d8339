using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Imaging.Datasets;
using Parquet.Serialization;

namespace MocoSharp;

/// <summary>A map's points as a table that other programs read.</summary>
public static class MapTable
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one.</summary>
    /// <param name="map">The map.</param>
    /// <param name="path">.csv, .json or .parquet; a file of this name is replaced. Columns are name, label, x, y, cluster and new (whether
    /// it was placed on a map that was there); Parquet has <c>neighbors</c> too, as <c>ids</c> (rows of this table) and
    /// <c>distances</c>.</param>
    /// <exception cref="MocoException">MS5113: another extension.</exception>
    public static void Write(FolderMap map, string path)
    {
        RequireFormat(path);
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".CSV": File.WriteAllLines(path, Lines(map)); break;
            case ".JSON":
                File.WriteAllText(path, JsonSerializer.Serialize(map.Points.Select(static point =>
                new
                {
                    name = point.Name,
                    label = point.Label,
                    x = point.X,
                    y = point.Y,
                    cluster = point.Cluster,
                    @new = point.IsNew,
                }), s_json)); break;
            default: WriteParquet(map, path); break;
        }
    }

    /// <summary>Throws unless <see cref="Write"/> knows the format that a file's extension names: before the work whose result goes
    /// there.</summary>
    /// <exception cref="MocoException">MS5113: it does not.</exception>
    public static void RequireFormat(string path)
    {
        if (Path.GetExtension(path).ToUpperInvariant() is not (".CSV" or ".JSON" or ".PARQUET"))
            throw new MocoException(ErrorIds.MapOutput, $"'{Path.GetExtension(path)}' is no kind of table that is written", path,
                "end the name in .csv, .json or .parquet");
    }

    private static IEnumerable<string> Lines(FolderMap map)
    {
        yield return "name,label,x,y,cluster,new";
        foreach (MapPoint point in map.Points)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{Csv.Field(point.Name)},{Csv.Field(point.Label ?? "")},{point.X:R},{point.Y:R},{point.Cluster},")
                + (point.IsNew ? "true" : "false");
    }

    private static void WriteParquet(FolderMap map, string path)
    {
        IEnumerable<Row> rows = map.Points.Select((point, at) => new Row(point)
        {
            Neighbors = map.Neighbors is null ? null : new Near
            {
                Ids = map.Neighbors.Of(at).ToArray(),
                Distances = map.Neighbors.DistancesOf(at).ToArray(),
            },
        });
        using FileStream file = File.Create(path);
        ParquetSerializer.SerializeAsync(rows, file).GetAwaiter().GetResult();
    }

    // settable, as the Parquet library's own classes are read and written
    private sealed class Row
    {
        public Row()
        {
        }

        internal Row(MapPoint point) =>
            (Name, Label, X, Y, Cluster, IsNew) = (point.Name, point.Label, point.X, point.Y, point.Cluster, point.IsNew);

        [JsonPropertyName("name")]
        public string Name { get; set; } = "";

        [JsonPropertyName("label")]
        public string? Label { get; set; }

        [JsonPropertyName("x")]
        public float X { get; set; }

        [JsonPropertyName("y")]
        public float Y { get; set; }

        [JsonPropertyName("cluster")]
        public int? Cluster { get; set; }

        [JsonPropertyName("new")]
        public bool IsNew { get; set; }

        [JsonPropertyName("neighbors")]
        public Near? Neighbors { get; set; }
    }

    private sealed class Near
    {
        [JsonPropertyName("ids")]
        public int[] Ids { get; set; } = [];

        [JsonPropertyName("distances")]
        public float[] Distances { get; set; } = [];
    }
}
