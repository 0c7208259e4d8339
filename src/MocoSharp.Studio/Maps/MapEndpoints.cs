using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Maps;

/// <summary>The map of a run's pictures.</summary>
internal static class MapEndpoints
{
    private const string Bytes = "application/octet-stream";

    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        CollectionCache collections = services.Collections;
        api.MapGet("/runs/{id}/map", (string id) => collections.UseAsync(services.Runs.Find(id), collection => MapAnswer.Of(collection,
            services)));
        api.MapGet("/runs/{id}/map/points", (string id) => collections.UseAsync(services.Runs.Find(id), Points));
        api.MapGet("/runs/{id}/map/columns/{column:int}", (string id, int column) => collections.UseAsync(services.Runs.Find(id),
            collection => Codes(collection, column, services)));
        api.MapGet("/runs/{id}/map/epochs/{step:long}/points", (string id, long step) => collections.UseAsync(services.Runs.Find(id),
            collection => Results.Bytes(EpochMaps.Points(collection, step), Bytes)));
        api.MapPost("/runs/{id}/map/epochs", (string id) => EpochMaps.Make(services.Runs.Find(id), services.Jobs));
        api.MapPost("/runs/{id}/map", (string id) => Make(services.Runs.Find(id), services.Jobs));
    }

    // x of all points, then y, as little-endian floats
    private static IResult Points(Collection collection)
    {
        MapPoints points = collection.Points;
        byte[] bytes = new byte[points.Count * 2 * sizeof(float)];
        MemoryMarshal.AsBytes(points.X.AsSpan()).CopyTo(bytes);
        MemoryMarshal.AsBytes(points.Y.AsSpan()).CopyTo(bytes.AsSpan(bytes.Length / 2));
        return Results.Bytes(bytes, Bytes);
    }

    private static IResult Codes(Collection collection, int column, StudioServices services)
    {
        IReadOnlyList<MapColumn> columns = MapColumns.Of(collection, services.Labels.Of(collection), static _ => { });
        if (column < 0 || column >= columns.Count) throw new MocoException(StudioErrorIds.NotFound, "there is no column of this number");
        return Results.Bytes(MemoryMarshal.AsBytes(columns[column].Codes.AsSpan()).ToArray(), Bytes);
    }

    private static Job Make(WatchedRun run, JobList jobs)
    {
        run.Kept.Create();
        string data = run.Environment().Data[0];
        string[] align = EpochMaps.Of(run).LastOrDefault(static epoch => epoch.IsMade) is { } last
            ? ["--align", run.Kept.EpochMap(last.Step)] : [];      // the slider's maps stay comparable
        return jobs.Start(run, $"make the map of {run.Name}",
            new JobStep(["embed", run.Folder.Root, "--data", data, "-o", run.Kept.Embeddings, "--force", "--threads", "1"]),
            new JobStep(["map", run.Kept.Embeddings, "-o", run.Kept.MapPicture, "--points", run.Kept.Map, .. align, "--force", "--threads",
                "1"]));
    }
}

/// <summary>What a map is.</summary>
/// <param name="Count">Pictures.</param>
/// <param name="HasEmbeddings">Whether look-alikes, duplicates and suggestions can be had.</param>
/// <param name="NoPictures">Why pictures cannot be shown; null where they can.</param>
/// <param name="Columns">What points can be colored by.</param>
/// <param name="Epochs">Maps of earlier epochs, made or not.</param>
/// <param name="Epoch">The map's own epoch; null where it is not known.</param>
/// <param name="Notes">What could not be read.</param>
internal sealed record MapAnswer(
    int Count, bool HasEmbeddings, string? NoPictures, IReadOnlyList<ColumnAnswer> Columns, IReadOnlyList<EpochAnswer> Epochs,
    int? Epoch, IReadOnlyList<string> Notes)
{
    internal static MapAnswer Of(Collection collection, StudioServices services)
    {
        List<string> notes = [];
        return new MapAnswer(collection.Points.Count, collection.Embeddings is not null, collection.NoPictures,
            [.. MapColumns.Of(collection, services.Labels.Of(collection), notes.Add).Select(static column =>
                new ColumnAnswer(column.Name, column.Groups, column.Counts, column.Least, column.Most))],
            EpochMaps.Of(collection.Run), EpochMaps.EpochOf(collection.Run), notes);
    }
}

/// <summary>A column without its codes.</summary>
internal sealed record ColumnAnswer(
    string Name, IReadOnlyList<string>? Groups, IReadOnlyList<int>? Counts, double? Least, double? Most);
