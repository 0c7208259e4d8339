using System.Globalization;
using System.Text.Json.Serialization;
using MocoSharp.Charts;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>How far a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>A process trains it now.</summary>
    [JsonStringEnumMemberName("training")]
    Training,

    /// <summary>All epochs of its schedule are done.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>Epochs are left, and nobody works on it.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,
}

/// <summary>What a run is and how far it came.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Folder">Its whole path.</param>
/// <param name="State">How far it is.</param>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Source">What the recipe says at its head; empty where it says nothing.</param>
/// <param name="Method">How it learns.</param>
/// <param name="Encoder">What learns.</param>
/// <param name="Seed">The source of its randomness.</param>
/// <param name="BatchSize">Pictures a step.</param>
/// <param name="Data">Where the pictures were; empty where that is lost.</param>
/// <param name="Pictures">How many there were to learn from; null where that is lost.</param>
/// <param name="Fingerprint">Of the pictures; null where that is lost.</param>
/// <param name="EpochsDone">Epochs that ended.</param>
/// <param name="Epochs">Epochs of the schedule.</param>
/// <param name="Updates">Updates that are known of.</param>
/// <param name="Seconds">Training time up to the last epoch's end, tests and checkpoints included; null before the first.</param>
/// <param name="Loss">Of the last epoch, in nats; of the last updates before the first epoch's end; null before anything was
/// learned.</param>
/// <param name="ChanceLoss">The loss when nothing is told apart, in nats; null where there is no such level, or it is lost.</param>
/// <param name="Knn">The last kNN test's top-1 in percent; null where none was made.</param>
/// <param name="BestKnn">The best one, chosen on the test pictures, so that it flatters.</param>
/// <param name="BestKnnEpoch">When that was.</param>
public sealed record RunFacts(
    string Name, string Folder, RunState State, string Recipe, string Source, string Method, string Encoder, ulong Seed, int BatchSize,
    IReadOnlyList<string> Data, int? Pictures, string? Fingerprint, int EpochsDone, int Epochs, long Updates, double? Seconds,
    double? Loss, double? ChanceLoss, double? Knn, double? BestKnn, int? BestKnnEpoch)
{
    internal static RunFacts Of(Run run, RunCourse? course)
    {
        Recipe recipe = run.Recipe;
        EpochMetrics? last = course?.Epochs is [.., EpochMetrics newest] ? newest : null;
        (int Epoch, double Percent)[] tests = [.. course?.Knn ?? []];
        (int Epoch, double Percent) best = tests.DefaultIfEmpty().MaxBy(static test => test.Percent);
        int done = last?.Epoch ?? 0;
        return new RunFacts(Path.GetFileName(run.Folder.Root), run.Folder.Root,
            run.Folder.IsInUse() ? RunState.Training : done >= recipe.Training.Epochs ? RunState.Finished : RunState.Stopped,
            recipe.Name, SourceOf(run), MethodRegistry.NameOf(recipe.Method), NameOf(recipe.Encoder), recipe.Training.Seed,
            recipe.Training.BatchSize, run.Environment?.Data ?? [], run.Environment?.Pictures, run.Environment?.Fingerprint, done,
            recipe.Training.Epochs, Math.Max(course?.Updates ?? 0, run.Folder.Steps() is [long step, ..] ? step : 0),
            last?.ElapsedSeconds, last?.Loss ?? course?.Means().Values[^1], run.Environment is null ? null : run.ChanceLoss(),
            tests.Length > 0 ? tests[^1].Percent : null, tests.Length > 0 ? best.Percent : null, tests.Length > 0 ? best.Epoch : null);
    }

    // the comment's lines without their marks
    private static string SourceOf(Run run) => string.Join(' ', run.RecipeFile.HeadComment.Split('\n', StringSplitOptions.TrimEntries)
        .Select(static line => line.TrimStart('#', ' ')).Where(static line => line.Length > 0));

    private static string NameOf(EncoderOptions encoder) =>
        encoder.Width == 1 ? encoder.Name : string.Create(CultureInfo.InvariantCulture, $"{encoder.Name}, width {encoder.Width}");
}
