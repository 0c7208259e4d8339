using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Labeling;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Finding;

/// <summary>Look-alikes, duplicates, findings of the audit, and selections as tables.</summary>
internal static class FindingEndpoints
{
    private const int MostPictures = 2_000_000;

    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        CollectionCache collections = services.Collections;
        api.MapGet("/runs/{id}/pictures/{place:int}/like", (string id, int place, int top, CancellationToken cancel) =>
            collections.UseAsync(services.Runs.Find(id), collection => QuietThread.Run(
                () => LookAlikes.Of(collection, [collection.Require(place)], top, cancel), cancel)));
        api.MapPost("/runs/{id}/find", (string id, FindRequest request, CancellationToken cancel) =>
            collections.UseAsync(services.Runs.Find(id), collection => QuietThread.Run(
                () => LookAlikes.Of(collection, collection.Require(request.Places, LookAlikes.MostAsked), request.Top, cancel), cancel)));
        api.MapPost("/runs/{id}/find/file", (string id, int top, HttpRequest request) =>
            collections.UseAsync(services.Runs.Find(id), collection => LookAlikes.OfFileAsync(collection, request, top)));
        api.MapGet("/runs/{id}/duplicates", (string id) => collections.UseAsync(services.Runs.Find(id), DuplicatesAnswer.Read));
        api.MapPost("/runs/{id}/duplicates", (string id) => Duplicates(services.Runs.Find(id), services.Jobs));
        api.MapGet("/runs/{id}/audit", (string id) => collections.UseAsync(services.Runs.Find(id), AuditAnswer.Read));
        api.MapPost("/runs/{id}/audit", (string id) => Audit(services.Runs.Find(id), services.Jobs));
        api.MapPost("/runs/{id}/export", (string id, FindRequest request) => collections.UseAsync(services.Runs.Find(id),
            collection => Export(collection, collection.Require(request.Places, MostPictures), services.Labels.Of(collection))));
        api.MapPost("/runs/{id}/export/folder", (string id, FindRequest request) => collections.UseAsync(services.Runs.Find(id),
            collection => SelectionFolder.Write(collection, collection.Require(request.Places, SelectionFolder.MostPictures),
                services.Labels.Of(collection))));
    }

    private static Job Duplicates(WatchedRun run, JobList jobs) => jobs.Start(run, $"find duplicates in {run.Name}",
        new JobStep(["duplicates", "--in", Embeddings(run), "--data", run.Environment().Data[0], "--json"], run.Kept.Duplicates));

    private static Job Audit(WatchedRun run, JobList jobs) => jobs.Start(run, $"audit the pictures of {run.Name}",
        new JobStep(["audit", run.Environment().Data[0], "--in", Embeddings(run), "--json"], run.Kept.Audit));

    private static string Embeddings(WatchedRun run) => File.Exists(run.Kept.Embeddings) ? run.Kept.Embeddings
        : throw new MocoException(StudioErrorIds.NoMap, "the studio has no embeddings of this run's pictures", at: run.Kept.Root,
            fix: "make the map first");

    // what was labeled here comes before what the folders say
    private static IResult Export(Collection collection, int[] places, LabelBook labels)
    {
        StringBuilder text = new("file,label\n");
        foreach (int place in places)
            text.Append(Csv.Field(collection.Points.Names[place])).Append(',')
                .Append(Csv.Field(labels.Given(place) ?? collection.Points.Labels[place] ?? "")).Append('\n');
        return Results.Text(text.ToString(), "text/csv; charset=utf-8");
    }
}

/// <summary>Pictures that something is asked about.</summary>
/// <param name="Places">Their places.</param>
/// <param name="Top">How many are sought.</param>
internal sealed record FindRequest(int[]? Places, int Top = 60);
