using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Evaluation;

/// <summary>What views of scenes know, and whether they find each other.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Labels">Where labels come from.</param>
/// <param name="Neighbors">k of the vote.</param>
/// <param name="Classes">The classes; empty without labels.</param>
/// <param name="Results">kNN accuracies, untrained before trained; empty without labeled test scenes.</param>
/// <param name="Matches">How often the first view finds each of the others, untrained before trained.</param>
public sealed record ViewsResult(
    string Run, string Labels, int Neighbors, IReadOnlyList<string> Classes, IReadOnlyList<ViewScore> Results, IReadOnlyList<ViewMatch> Matches) : EvaluationResult(Run, "views")
{
    internal static ViewsResult Of(EvaluatedRun run, FeatureSpace? features, string suffix, CancellationToken cancel)
    {
        ViewResults found = ViewComparison.Run(run, features, cancel);
        ViewsResult result = new(run.Folder.Root, (run.Data.Labels ?? LabelsFrom.Auto).ToString(), run.Recipe.Monitor.Neighbors, run.Data.Labeled.Classes, found.Scores, found.Matches)
        {
            FileName = $"views{(features is null ? "" : $"-{features}")}{suffix}",
        };
        result.Write();
        return result;
    }
}
