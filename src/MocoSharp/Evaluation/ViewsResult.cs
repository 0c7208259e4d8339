using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What views of scenes know, and whether they find each other.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Labels">Where labels come from.</param>
/// <param name="Neighbors">k of the vote.</param>
/// <param name="Classes">The classes; empty without labels.</param>
/// <param name="Results">kNN accuracies, untrained before trained; empty without labeled test scenes.</param>
/// <param name="Matches">How often the first view finds each of the others, untrained before trained.</param>
public sealed record ViewsResult(
    string Run, string Labels, int Neighbors,
    IReadOnlyList<string> Classes, IReadOnlyList<ViewScore> Results, IReadOnlyList<ViewMatch> Matches)
    : EvaluationResult(Run, "views")
{
    internal static ViewsResult Of(EvaluatedRun run, FeatureSpace? features, string suffix, CancellationToken cancel)
    {
        ViewsResult result = ViewComparison.Run(run, features, cancel) with
        {
            Checkpoint = run.Folder.Step,
            FileName = $"views{(features is null ? "" : $"-{features}")}{suffix}",
        };
        result.Write();
        return result;
    }
}
