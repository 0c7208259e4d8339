using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MocoSharp.Evaluation;
using MocoSharp.Reports;
using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Proving;

/// <summary>What tests came to, confusions with their pictures, and runs side by side.</summary>
internal static class ProvingEndpoints
{
    private const int MostCompared = 8;

    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        CollectionCache collections = services.Collections;
        ConfusionCache confusions = new();
        api.MapGet("/runs/{id}/evaluations", (string id) => Evaluations(services.Runs.Find(id)));
        api.MapPost("/runs/{id}/evaluations", (string id, TestRequest request) => Start(services.Runs.Find(id), request, services.Jobs));
        api.MapGet("/runs/{id}/confusions", (string id, CancellationToken cancel) => collections.UseAsync(services.Runs.Find(id),
            collection => QuietThread.Run(() => confusions.Of(collection, cancel).Answer(), cancel)));
        api.MapGet("/runs/{id}/confusions/{truth:int}/{taken:int}", (string id, int truth, int taken, CancellationToken cancel) =>
            collections.UseAsync(services.Runs.Find(id),
                collection => QuietThread.Run(() => confusions.Of(collection, cancel).Pictures(truth, taken), cancel)));
        api.MapGet("/compare", (string runs, CancellationToken cancel) => Compare(services.Runs, runs, cancel));
    }

    private static EvaluationsAnswer Evaluations(WatchedRun run)
    {
        List<string> notes = [];
        return new EvaluationsAnswer(EvaluationFiles.Read(run.Folder, withPictures: false, notes.Add), notes);
    }

    private static Job Start(WatchedRun run, TestRequest request, JobList jobs)
    {
        if (request.Test is not ("knn" or "linear"))
            throw new MocoException(StudioErrorIds.BadRequest, "there is no such test", fix: "name knn or linear");
        if (!File.Exists(run.Folder.Encoder))
            throw new MocoException(StudioErrorIds.WrongState, "the run has no encoder yet", at: run.Folder.Root,
                fix: "wait for its first checkpoint");
        List<string> words = ["eval", request.Test, run.Folder.Root, "--threads", "1"];
        if (request is { Test: "linear", Labels: { } labels })
        {
            if (LabelBudget.TryParse(labels) is not { } budget)
                throw new MocoException(StudioErrorIds.BadRequest, "this is no number of labels", fix: "name 1%, 10%, 100% or 5-per-class");
            words.AddRange(["--labels", budget.ToString()]);
        }
        if (request.Given)
        {
            if (!File.Exists(run.Kept.Labels))
                throw new MocoException(StudioErrorIds.WrongState, "nothing was labeled here yet", fix: "label some pictures on the map");
            words.AddRange(["--label-file", run.Kept.Labels]);
        }
        return jobs.Start(run, $"{request.Test} test of {run.Name}", new JobStep(words));
    }

    private static async Task<RunComparison> Compare(RunList runs, string ids, CancellationToken cancel)
    {
        string[] asked = ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (asked.Length is < 2 or > MostCompared)
            throw new MocoException(StudioErrorIds.BadRequest, $"{asked.Length} runs are named", fix: $"name 2 to {MostCompared}");
        WatchedRun[] found = [.. asked.Select(runs.Find)];
        foreach (WatchedRun run in found) _ = run.Recipe();     // too large a file is refused before it is read
        return await QuietThread.Run(() => RunComparison.Of([.. found.Select(static run => run.Folder.Root)]), cancel);
    }
}

/// <summary>What tests of a run came to.</summary>
internal sealed record EvaluationsAnswer(IReadOnlyList<StoredEvaluation> Evaluations, IReadOnlyList<string> Notes);

/// <summary>A test to begin.</summary>
/// <param name="Test">knn or linear.</param>
/// <param name="Labels">linear: how many labels; null for all.</param>
/// <param name="Given">Whether the labels are those that were given here.</param>
internal sealed record TestRequest(string? Test, string? Labels = null, bool Given = false);
