using System.CommandLine;
using System.Globalization;
using MocoSharp.Charts;
using MocoSharp.Cli.Output;
using MocoSharp.Embeddings;
using MocoSharp.Imaging.Datasets;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco map</c>: a picture of a folder on which what is alike lies together.</summary>
internal static class MapCommand
{
    internal const string ByLabel = "label", ByCluster = "cluster";

    private const int NamedClusters = 20;

    internal static Command Create(CommandContext context)
    {
        Argument<string> embeddings = new("embeddings")
        {
            Description = "A file of embeddings: what 'moco embed' wrote, or .npy, .parquet, .csv or .safetensors of another program. Or "
                + "a run's folder or its encoder.safetensors: the pictures of --data are then embedded first, into a .parquet file beside "
                + "the map.",
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The map to draw: .png, .svg, or .html: a page to move about in, whose points tell what they are.",
            HelpName = "file",
            DefaultValueFactory = static _ => "map.png",
        };
        MapOptions options = new();
        Command command = new("map", "Draw a map of a folder: pictures that the encoder takes for alike lie together.")
        {
            embeddings, output,
        };
        foreach (Option option in options.All) command.Add(option);
        command.SetAction(async (parse, _) =>
        {
            string path = parse.GetRequiredValue(output), from = parse.GetRequiredValue(embeddings);
            MapRequest request = options.Read(parse);
            ColumnGroups.Check(request.Color);
            if (request is { Onto: not null, Align: not null })
                throw new UsageException("a map that was kept is not turned: leave one of --onto and --align out", command);
            bool force = parse.GetValue(options.Force), isModel = Directory.Exists(from) || Path.GetFileName(from) == "encoder.safetensors";
            if (isModel && request.Data is null)
                throw new UsageException("a run's map is of the pictures of a folder, and none is named: add --data", command);
            if (request.Table is { } table) MapTable.RequireFormat(table);
            NewFiles.Prepare(force, path, request.Table, request.Keep);
            if (isModel) from = await EmbeddedAsync(context, from, request.Data!, Path.ChangeExtension(path, ".parquet"), force);
            return Run(context, from, path, request);
        });
        return command;
    }

    private static async Task<string> EmbeddedAsync(CommandContext context, string model, string data, string file, bool force)
    {
        using EmbeddingReporter reporter = new(context);
        EmbedResult result = await EmbeddingWriter.WriteAsync(model, data, file, new EmbedOptions(Force: force), reporter,
            context.Terminal.Time, context.Cancel);
        reporter.Dispose();
        context.People.Profile.Out.Writer.WriteLine($"{Numbers.Plural(result.Pictures, "picture", "pictures")} embedded into {file}");
        return file;
    }

    private static int Run(CommandContext context, string embeddings, string path, MapRequest request)
    {
        using EmbeddingReporter reporter = new(context);
        using EmbeddingsFile file = EmbeddingsFile.Open(embeddings, request.Column);
        FolderMap map = request.Onto is { } onto
            ? FolderMap.Onto(KeptMap.Open(onto), file, reporter, context.Cancel)
            : FolderMap.Make(file, request.Settings, request.Align is { } other ? MapStart.Read(other) : null, reporter, context.Cancel);
        reporter.Dispose();
        string?[] groups = GroupsOf(map, request.Color);
        using DataSplits? data = request.Data is { } folder ? DataSets.Open(folder, new SourceOptions { Labels = LabelsFrom.None }) : null;
        MapDrawing drawing = new MapChart(map, groups, request.Chart).Save(path, data?.Whole());
        if (request.Table is { } table) MapTable.Write(map, table);
        if (request.Keep is { } keep) KeptMap.Save(map, file, keep);
        Show(context, map, drawing, path, request);
        context.Result(new
        {
            file = Path.GetFullPath(path),
            pictures = map.Points.Count,
            absent = map.Absent,
            trustworthiness = map.Quality?.Trustworthiness,
            neighbors_kept = map.Quality?.NeighborsKept,
            clusters = map.Clusters,
            thumbnails = drawing.Thumbnails,
            undrawn = drawing.Undrawn,
            notes = map.Notes,
        }, path);
        return ExitCode.Done;
    }

    private static void Show(CommandContext context, FolderMap map, MapDrawing drawing, string path, MapRequest request)
    {
        TextWriter lines = context.People.Profile.Out.Writer;
        foreach (string note in map.Notes) context.Warn(note);
        if (map.Absent > 0) lines.WriteLine($"{Numbers.Plural(map.Absent, "row has", "rows have")} no embedding and is not on the map");
        if (drawing.Undrawn.Count > 0)
            lines.WriteLine($"{Numbers.Plural(drawing.Undrawn.Count, "picture", "pictures")} could not be drawn, the first is "
                + $"{drawing.Undrawn[0].Name}: {drawing.Undrawn[0].Reason}");
        if (map.Clusters.Count > 0) ShowClusters(context.People, map);
        if (map.Quality is { } quality)
            lines.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"trustworthiness {quality.Trustworthiness:0.000} (1: all that is near on the map is near for the encoder); "
                + $"{quality.NeighborsKept:P0} of the {quality.Neighbors} nearest are kept"));
        lines.WriteLine($"Wrote {path}: {Numbers.Plural(map.Points.Count, "picture", "pictures")}"
            + (drawing.Thumbnails > 0 ? $", {Numbers.Count(drawing.Thumbnails)} of them drawn" : "") + ".");
        if (request.Table is { } table) lines.WriteLine($"Wrote {table}.");
        if (request.Keep is { } keep) lines.WriteLine($"Wrote {keep}: place others on this map with --onto {keep}.");
    }

    private static void ShowClusters(IAnsiConsole people, FolderMap map)
    {
        Table table = Terminal.NewTable(people, [("cluster", true), ("pictures", true), ("exemplar", false), ("most are", false)]);
        foreach (MapCluster cluster in map.Clusters.OrderByDescending(static cluster => cluster.Size).Take(NamedClusters))
            table.AddRow(Numbers.Count(cluster.Cluster), Numbers.Count(cluster.Size), Markup.Escape(cluster.Exemplar),
                cluster.Label is null ? "" : Markup.Escape($"{cluster.Label} ({Numbers.Share(cluster.Share)})"));
        people.Write(table);
        int within = map.Clusters.Sum(static cluster => cluster.Size);
        people.Profile.Out.Writer.WriteLine($"{Numbers.Plural(map.Clusters.Count, "cluster", "clusters")}; "
            + $"{Numbers.Plural(map.Points.Count - within, "picture is", "pictures are")} in none");
    }

    /// <summary>What each point is colored by.</summary>
    private static string?[] GroupsOf(FolderMap map, string? color)
    {
        bool labeled = map.Points.Any(static point => point.Label is not null);
        return (color ?? (labeled ? ByLabel : ByCluster)) switch
        {
            ByLabel => [.. map.Points.Select(static point => point.Label)],
            ByCluster => [.. map.Points.Select(static point => point.Cluster is { } cluster ? $"cluster {cluster}" : null)],
            string column => ColumnGroups.Read(column, map),
        };
    }
}
