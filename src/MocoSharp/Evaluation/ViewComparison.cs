using System.Text.Json.Serialization;
using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>Asks whether the views of a scene find each other, which needs no labels; and, where there are labels, what each view knows,
/// and all together: kNN on the untrained and the trained networks' features, beside a color histogram.</summary>
public static class ViewComparison
{
    /// <summary>What all views together are called in results.</summary>
    public const string AllViews = "all views";

    /// <summary>Runs all tests.</summary>
    /// <param name="run">A run with a checkpoint. Without labels or test scenes, views are matched on the scenes that the run learned from,
    /// and there are no scores.</param>
    /// <param name="features">backbone or projected; null takes the encoder's for kNN and the loss's for matching.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4003: the run has no checkpoint yet. MS5005: there are no such features of views.</exception>
    public static ViewsResult Run(EvaluatedRun run, FeatureSpace? features = null, CancellationToken cancel = default)
    {
        if (features is not null && features != FeatureSpace.Backbone && features != FeatureSpace.Projected)
            throw new MocoException(ErrorIds.UnknownFeatures, $"views have no features '{features}'",
                fix: $"take {FeatureSpace.Backbone} or {FeatureSpace.Projected}");
        (Recipe recipe, TrainingData data) = (run.Recipe, run.Data);
        KnnClassifier knn = new(recipe.Monitor.Neighbors, recipe.Monitor.Temperature, run.Compute.Device);
        List<ViewScore> scores = [];
        List<ViewMatch> matches = [];
        IReadOnlyList<ViewPipeline> views = recipe.EvaluationViews();
        if (data.CanTest && FeatureKinds.HistogramOf(recipe) is { } histogram)
        {
            run.Doing("color histograms");
            FeatureExtractor extractor = run.Extractor(histogram.View, histogram.Compute);
            FeatureSet Colors(IImageSource source) => extractor.Extract(source, histogram.Network, cancel: cancel);
            scores.Add(new(histogram.Name, null, 100 * knn.Evaluate(Colors(data.Labeled), Colors(data.Test!), cancel).Accuracy));
        }
        foreach (bool isTrained in new[] { false, true })
        {
            run.Doing(isTrained ? "the trained networks" : "the untrained networks");
            using Method method = ComparedNetwork.MethodOf(run.Folder, recipe, isTrained, run.Warn);
            if (data.CanTest) Score(isTrained, method);
            IImageSource scenes = ViewMatching.Scenes(data.Test ?? data.Train);
            IReadOnlyList<FeatureSet> matched = Sets(features == FeatureSpace.Backbone ? method.Represent : method.Project, scenes,
                data.CanTest ? null : run.Warn);
            foreach ((int view, double top1) in ViewMatching.Of(matched))
                matches.Add(new(Name(recipe, views, view), isTrained, top1, matched[0].Count));
        }
        string labels = (data.Labels ?? LabelsFrom.Auto).ToString();
        return new ViewsResult(run.Folder.Root, labels, recipe.Monitor.Neighbors, data.Labeled.Classes, scores, matches);

        IReadOnlyList<FeatureSet> Sets(Func<int, Tensor, Tensor> of, IImageSource source, Action<string>? warned) =>
            ViewFeatures.OfEach(recipe, run.Compute, of, source, warned, run.Work, cancel);

        void Score(bool isTrained, Method method)
        {
            Func<int, Tensor, Tensor> of = features == FeatureSpace.Projected ? method.Project : method.Represent;
            IReadOnlyList<FeatureSet> bank = Sets(of, data.Labeled, run.Warn), queries = Sets(of, data.Test!, run.Warn);
            for (int view = 0; view < bank.Count; view++)
                scores.Add(new(Name(recipe, views, view), isTrained, 100 * knn.Evaluate(bank[view], queries[view], cancel).Accuracy));
            scores.Add(new(AllViews, isTrained,
                100 * knn.Evaluate(ViewFeatures.Joined(bank), ViewFeatures.Joined(queries), cancel).Accuracy));
        }
    }

    private static string Name(Recipe recipe, IReadOnlyList<ViewPipeline> views, int view)
    {
        string kind = recipe.Data.Modalities.Count == 0 ? "picture" : recipe.Data.Modalities[views[view].Partner].Name;
        return $"view {view}: {kind}";
    }
}

/// <summary>What one test said.</summary>
/// <param name="Features">The histogram, a view or all views.</param>
/// <param name="IsTrained">Whether the networks were trained; null for the histogram.</param>
/// <param name="Accuracy">Top-1 of the kNN vote on the test scenes, in percent.</param>
public sealed record ViewScore(
    string Features, [property: JsonPropertyName("trained")] bool? IsTrained,
    [property: JsonConverter(typeof(PercentConverter))] double Accuracy);
