using System.Globalization;
using MocoSharp.Evaluation;

namespace MocoSharp.Reports;

/// <summary>What figures mean, in words.</summary>
internal static class Verdicts
{
    private const double SlowLoader = 0.2, FellBy = 2, LittleBelowChance = 0.02;

    /// <summary>What people should know before they trust a run, a sentence each.</summary>
    internal static IEnumerable<string> Warnings(RunFacts facts, RunWork? work)
    {
        if (facts.State == RunState.Training)
            yield return "A process trains this run now: what is said here is how far it was when this page was made.";
        if (facts.State == RunState.Stopped)
            yield return $"The training stopped after {facts.EpochsDone:N0} of {Plural(facts.Epochs, "epoch")}: figures are those of an "
                + "unfinished run.";
        if (facts is { Loss: { } loss, ChanceLoss: { } chance } && loss > (1 - LittleBelowChance) * chance)
            yield return Invariant($"The loss, {loss:0.00}, is hardly below chance ({chance:0.00}): little was learned.");
        if (facts is { Knn: { } last, BestKnn: { } best } && best - last > FellBy)
            yield return Invariant($"The kNN test fell from {best:0.00}% after epoch {facts.BestKnnEpoch} to {last:0.00}%.");
        if (work is { WaitFraction: > SlowLoader })
            yield return Invariant($"The training waited for pictures {work.WaitFraction:0%} of its last epoch: reading and augmenting ")
                + "them is slower than learning.";
        if (work is { BadImages: > 0 })
            yield return $"{Plural(work.BadImages, "picture")} could not be read while training, and "
                + $"{(work.BadImages == 1 ? "was" : "were")} left out.";
    }

    /// <summary>Whether features have collapsed.</summary>
    internal static string Of(FeatureGeometry geometry)
    {
        string rank = Invariant($"{geometry.EffectiveRank:0.0} of {geometry.LargestRank}");
        return geometry.Collapse switch
        {
            Collapse.Complete => Invariant($"Complete collapse: different pictures have nearly the same features (mean cosine ")
                + Invariant($"{geometry.Negatives.Mean:0.000}). The network has learned to say the same of everything."),
            Collapse.Dimensional => $"Dimensional collapse: pictures differ, and only in few directions (effective rank {rank}).",
            _ => $"No collapse: pictures differ, in many directions (effective rank {rank}).",
        };
    }

    /// <summary>What features are called.</summary>
    internal static string NameOf(FeatureGeometry geometry) => geometry.Features switch
    {
        "backbone" => "Encoder",
        "projected" => "Space of the loss",
        _ => geometry.Features,
    };

    /// <summary>What a test is called.</summary>
    internal static string NameOf(StoredEvaluation evaluation) => evaluation.Test switch
    {
        "knn" => "kNN test",
        "linear" => "Linear classifier",
        "finetune" => "Fine-tuning",
        "views" => "Views of scenes",
        _ => evaluation.Test,
    };

    /// <summary>1 epoch, 4 epochs.</summary>
    internal static string Plural(long count, string one) =>
        $"{count.ToString("N0", CultureInfo.InvariantCulture)} {one}{(count == 1 ? "" : "s")}";

    internal static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
