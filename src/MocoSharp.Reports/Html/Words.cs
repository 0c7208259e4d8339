using System.Globalization;
using MocoSharp.Evaluation;

namespace MocoSharp.Reports.Html;

/// <summary>Numbers and facts as people read them.</summary>
internal static class Words
{
    /// <summary>What a run is, in a sentence or two.</summary>
    internal static string Sentence(RunFacts facts)
    {
        string data = facts.Data.Count == 0 ? "pictures whose place is lost"
            : $"{Plural(facts.Pictures ?? 0, "picture")} of {string.Join(", ", facts.Data)}";
        string state = facts.State switch
        {
            RunState.Training => $"It is being trained now: {Count(facts.EpochsDone)} of {Plural(facts.Epochs, "epoch")} are done.",
            RunState.Finished => $"All {Plural(facts.Epochs, "epoch")} are done.",
            _ => $"It stopped after {Count(facts.EpochsDone)} of {Plural(facts.Epochs, "epoch")}.",
        };
        return $"{facts.Method} on {facts.Encoder}, by the recipe {facts.Recipe} with seed {facts.Seed} and "
            + $"{Count(facts.BatchSize)} pictures a step, learned from {data}. {state}";
    }

    internal static string Of(RunState state) => state switch
    {
        RunState.Training => "in training",
        RunState.Finished => "finished",
        _ => "stopped",
    };

    /// <summary>How a score came about.</summary>
    internal static string Of(StoredScore score) => (score.Labels is { } labels ? $"{Plural(labels, "label")}" : "")
        + (score.Spread is { } spread ? $"; ± {Fixed(spread)} over {Plural(score.Draws ?? 0, "draw")}" : "");

    internal static string Features(StoredScore score) => score.Features switch
    {
        FeatureScore.Pixels => "raw pixels",
        FeatureScore.Untrained => "untrained encoder",
        FeatureScore.Trained => "trained encoder",
        "scratch" => "from scratch",
        _ when score.Kind is "match" => $"{score.Features}, {(score.IsTrained ? "trained" : "untrained")}",
        _ => score.Features,
    };

    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Plural(long count, string one) => Verdicts.Plural(count, one);

    internal static string Fixed(double value, int digits = 2) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    internal static string Percent(double value) => $"{Fixed(value)}%";

    internal static string Share(double value) => value.ToString("0%", CultureInfo.InvariantCulture);

    /// <summary>42 s, 12:04 min, 3:07:15 h.</summary>
    internal static string Time(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(seconds);
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00} h"
            : time.TotalMinutes >= 1 ? $"{time.Minutes}:{time.Seconds:00} min" : $"{time.Seconds} s";
    }
}
