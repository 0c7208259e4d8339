using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MocoSharp.Runs;
using MocoSharp.Studio.Jobs;

namespace MocoSharp.Studio.Watch;

/// <summary>Runs, their curves, and what stops and resumes them.</summary>
internal static class WatchEndpoints
{
    private const long LargestSheet = 64 << 20;

    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        RunList runs = services.Runs;
        api.MapGet("/about", () => new { version = RunEnvironment.ProgramVersion, runs = runs.Root });
        api.MapGet("/runs", () => runs.All().Select(static run => run.Summary()));
        api.MapGet("/events", (CancellationToken cancel) => TypedResults.ServerSentEvents(services.Watcher.FollowAsync(cancel)));
        api.MapGet("/runs/{id}", (string id) => RunDetails.Of(runs.Find(id)));
        api.MapGet("/runs/{id}/course", (string id) => CourseAnswer.Of(runs.Find(id)));
        api.MapGet("/runs/{id}/views", (string id) => Views(runs.Find(id)));
        api.MapPost("/runs/{id}/stop", (string id) => Stop(runs.Find(id)));
        api.MapPost("/runs/{id}/resume", (string id) => Resume(runs.Find(id), services.Jobs));
    }

    private static IResult Views(WatchedRun run)
    {
        FileInfo file = new(run.Folder.Views);
        if (!file.Exists || file.LinkTarget is not null || file.Length > LargestSheet)
            throw new MocoException(StudioErrorIds.NotFound, "the run has no sheet of views");
        return Results.Bytes(File.ReadAllBytes(file.FullName), "image/png");
    }

    private static RunSummary Stop(WatchedRun run)
    {
        if (!run.Folder.IsInUse())
            throw new MocoException(StudioErrorIds.WrongState, "nobody trains this run now", at: run.Folder.Root,
                fix: "load the page again");
        run.Folder.AskToStop();
        return run.Summary();
    }

    private static Job Resume(WatchedRun run, JobList jobs)
    {
        if (run.Folder.IsInUse())
            throw new MocoException(StudioErrorIds.WrongState, "a process trains this run already", at: run.Folder.Root,
                fix: "load the page again");
        return jobs.Train(run, $"train {run.Name} further", ["resume", run.Folder.Root]);
    }
}

/// <summary>All that is known of a run but its course.</summary>
internal sealed record RunDetails(
    RunSummary Summary, string Folder, string? Recipe, string? Processor, int? Threads, string? Precision, string? Device, string? Version,
    IReadOnlyList<string> Data, int? Pictures, double? ChanceLoss, IReadOnlyList<string> Notes)
{
    internal static RunDetails Of(WatchedRun run)
    {
        List<string> notes = [];
        string? recipe = Told(run.RecipeText, notes);
        RunEnvironment? environment = Told(run.Environment, notes);
        double? chance = environment is null || recipe is null ? null : Told<double?>(run.ChanceLoss, notes);
        return new RunDetails(run.Summary(), run.Folder.Root, recipe, environment?.Processor, environment?.Threads, environment?.Precision,
            environment?.Device, environment?.Version, environment?.Data ?? [], environment?.Pictures, chance, notes);
    }

    // what is lost or damaged is said, and the rest shown
    private static T? Told<T>(Func<T> read, List<string> notes)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is MocoException or IOException or UnauthorizedAccessException)
        {
            notes.Add(error.Message);
            return default;
        }
    }
}

/// <summary>A run's curves, by epochs.</summary>
/// <param name="Loss">Epochs and nats; means over windows where each update's loss is kept.</param>
/// <param name="Epochs">What was measured at each epoch's end.</param>
internal sealed record CourseAnswer(CurveAnswer Loss, IReadOnlyList<EpochMetrics> Epochs)
{
    internal static CourseAnswer Of(WatchedRun run)
    {
        if (run.Course() is not { } course) return new CourseAnswer(new CurveAnswer([], []), []);
        (double[] x, double[] y) = course.Means();
        return new CourseAnswer(new CurveAnswer(x, y), course.Epochs);
    }
}

/// <summary>A curve.</summary>
internal sealed record CurveAnswer(double[] X, double[] Y);
