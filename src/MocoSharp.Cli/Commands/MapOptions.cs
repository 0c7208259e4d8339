using System.CommandLine;
using MocoSharp.Charts;
using MocoSharp.Maps;

namespace MocoSharp.Cli.Commands;

/// <summary>What <c>moco map</c> is asked for.</summary>
internal sealed record MapRequest(MapSettings Settings, MapChartOptions Chart)
{
    internal string? Data { get; init; }
    internal string? Color { get; init; }
    internal string? Column { get; init; }
    internal string? Table { get; init; }
    internal string? Keep { get; init; }
    internal string? Onto { get; init; }
    internal string? Align { get; init; }
}

/// <summary>The options of <c>moco map</c>.</summary>
internal sealed class MapOptions
{
    private readonly Option<string?> _data = Options.Data(
        "The folder that was embedded: its pictures are then drawn at their places. Default: points alone.");

    private readonly Option<string?> _color = new("--color")
    {
        Description = "What points are colored by: label, cluster, or a column of a CSV file that has a column name or file; more than 18 "
            + "different numbers become a scale. Default: label where there are labels, else cluster.",
        HelpName = "label|cluster|file.csv:column",
    };

    private readonly Option<MapMethod?> _method = Options.Choice<MapMethod>("--method",
        "umap, or pca: quick, and shows less. Default: umap.");

    private readonly Option<Metric?> _metric = Options.Choice<Metric>("--metric",
        "How far two embeddings are apart. Default: cosine.");

    private readonly Option<int?> _neighbors = Options.AtLeastOne("--neighbors", "pictures",
        "How many nearest pictures tell what is near: few show detail, many the whole. Default: 15.");

    private readonly Option<double?> _distance = Options.Positive("--min-distance", "length",
        "How close pictures may lie on the map. Default: 0.1.");

    private readonly Option<int?> _epochs = Options.AtLeastOne("--epochs", "count",
        "Rounds of the layout. Default: 500, and 200 for more than 10,000 pictures.");

    private readonly Option<bool> _supervised = new("--supervised")
    {
        Description = "Draw pictures of a class together. The map then shows what the labels say, and proves nothing of the encoder.",
    };

    private readonly Option<int?> _clusterSize = Options.AtLeastOne("--cluster-size", "pictures",
        "Fewer pictures are no cluster; 1 looks for none. Default: a hundredth of the pictures, 15 at least.");

    private readonly Option<int?> _thumbnails = Options.AtLeastOne("--thumbnails", "count", "Pictures to draw at most. Default: 800.");
    private readonly Option<int?> _tile = Options.AtLeastOne("--tile", "pixels",
        "The longer side of a drawn picture. Default: 40, and down to 16 where few would find room.");
    private readonly Option<int?> _width = Options.AtLeastOne("--width", "pixels", "Default: 1600.");
    private readonly Option<int?> _height = Options.AtLeastOne("--height", "pixels", "Default: 1200.");
    private readonly Option<string?> _title = new("--title") { Description = "The words above the map.", HelpName = "text" };

    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "The source of all randomness: one seed gives the same map at any number of threads. Default: 1.",
        HelpName = "number",
    };

    private readonly Option<string?> _column = new("--column")
    {
        Description = "The column, or the layer, of a Parquet file that holds several.",
        HelpName = "name",
    };

    private readonly Option<string?> _onto = new("--onto")
    {
        Description = "Place the pictures on a map that was kept, which stays as it is.",
        HelpName = "map.safetensors",
    };

    private readonly Option<string?> _align = new("--align")
    {
        Description = "Start from the places that the pictures have on another map, and turn this one onto it, so that the two can be "
            + "compared: maps of one run's epochs.",
        HelpName = "points.csv",
    };

    private readonly Option<int?> _threads = Options.AtLeastOne("--threads", "count",
        "Threads, no more than the processors; the map does not depend on it. Default: all.");

    /// <summary>--points.</summary>
    internal Option<string?> Table { get; } = new("--points")
    {
        Description = "Write the points as a table too: .csv, .json or .parquet with columns name, label, x, y, cluster, new.",
        HelpName = "file",
    };

    /// <summary>--keep.</summary>
    internal Option<string?> Keep { get; } = new("--keep")
    {
        Description = "Keep the map, so that other pictures can be placed on it with --onto.",
        HelpName = "map.safetensors",
    };

    /// <summary>--force.</summary>
    internal Option<bool> Force { get; } = new("--force") { Description = "Replace files of these names." };

    internal IEnumerable<Option> All =>
    [
        _data, _color, _method, _neighbors, _distance, _metric, _epochs, _supervised, _clusterSize, _thumbnails, _tile, _width, _height,
        _title, _seed, _column, Table, Keep, _onto, _align, Force, _threads,
    ];

    internal MapRequest Read(ParseResult parse)
    {
        MapSettings usual = new();
        MapChartOptions chart = new();
        ulong seed = parse.GetValue(_seed) ?? usual.Seed;
        return new MapRequest(usual with
        {
            Method = parse.GetValue(_method) ?? usual.Method,
            Neighbors = parse.GetValue(_neighbors) ?? usual.Neighbors,
            MinDistance = parse.GetValue(_distance) ?? usual.MinDistance,
            Metric = parse.GetValue(_metric) ?? usual.Metric,
            Epochs = parse.GetValue(_epochs),
            IsSupervised = parse.GetValue(_supervised),
            ClusterSize = parse.GetValue(_clusterSize),
            Seed = seed,
            Threads = parse.GetValue(_threads),
        }, chart with
        {
            Width = parse.GetValue(_width) ?? chart.Width,
            Height = parse.GetValue(_height) ?? chart.Height,
            Thumbnails = parse.GetValue(_thumbnails) ?? chart.Thumbnails,
            Tile = parse.GetValue(_tile),
            Title = parse.GetValue(_title),
            Seed = seed,
        })
        {
            Data = parse.GetValue(_data),
            Color = parse.GetValue(_color),
            Column = parse.GetValue(_column),
            Table = parse.GetValue(Table),
            Keep = parse.GetValue(Keep),
            Onto = parse.GetValue(_onto),
            Align = parse.GetValue(_align),
        };
    }
}
