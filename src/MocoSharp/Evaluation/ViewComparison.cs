using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>Asks what each view of a scene knows, and all together: kNN on the untrained and the trained networks' features, beside a color histogram; and whether views find each other.</summary>
public static class ViewComparison
{
    /// <summary>What all views together are called in results.</summary>
    public const string AllViews = "all views";

    /// <summary>Runs all tests.</summary>
    /// <param name="run">A run with a checkpoint.</param>
    /// <param name="recipe">The run's recipe.</param>
    /// <param name="data">Labeled scenes to learn from and to test on.</param>
    /// <param name="doing">Told what is next.</param>
    /// <param name="warned">Told of each unreadable scene, and of each damaged checkpoint that is passed over.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4003: the run has no checkpoint yet. MS5002: there is nothing labeled to test on.</exception>
    public static ViewResults Run(RunFolder run, Recipe recipe, TrainingData data, Action<string> doing, Action<string>? warned = null, CancellationToken cancel = default)
    {
        if (!data.CanTest)
            throw new MocoException(ErrorIds.NoLabels, "this test needs labeled scenes to learn from and others to test on", at: data.Paths[0],
                fix: "name a CSV file with columns file and label for scenes below train/ and test/: --labels FILE");
        KnnClassifier knn = new(recipe.Monitor.Neighbors, recipe.Monitor.Temperature, Compute.Of(recipe.Training).Device);
        List<ViewScore> scores = [];
        List<ViewMatch> matches = [];
        IReadOnlyList<ViewPipeline> views = recipe.EvaluationViews();
        if (FeatureKinds.HistogramOf(recipe) is { } histogram)
        {
            doing("color histograms");
            FeatureExtractor extractor = new(recipe.Data, histogram.View, histogram.Compute);
            FeatureSet Colors(IImageSource source) => extractor.Extract(source, histogram.Network, cancel: cancel);
            scores.Add(new(histogram.Name, null, 100 * knn.Evaluate(Colors(data.Labeled), Colors(data.Test!), cancel).Accuracy));
        }
        foreach (bool isTrained in new[] { false, true })
        {
            doing(isTrained ? "the trained networks" : "the untrained networks");
            using Method method = Open(run, recipe, isTrained, warned);
            Compute compute = Compute.Of(recipe.Training);
            IReadOnlyList<FeatureSet> bank = ViewFeatures.OfEach(recipe, compute, method.Represent, data.Labeled, warned, cancel), queries = ViewFeatures.OfEach(recipe, compute, method.Represent, data.Test!, warned, cancel);
            for (int view = 0; view < bank.Count; view++) scores.Add(new(Name(recipe, views, view), isTrained, 100 * knn.Evaluate(bank[view], queries[view], cancel).Accuracy));
            scores.Add(new(AllViews, isTrained, 100 * knn.Evaluate(ViewFeatures.Joined(bank), ViewFeatures.Joined(queries), cancel).Accuracy));
            IReadOnlyList<FeatureSet> projections = ViewFeatures.OfEach(recipe, compute, method.Project, ViewMatching.Scenes(data.Test!), warned: null, cancel);
            foreach ((int view, double top1) in ViewMatching.Of(projections)) matches.Add(new(Name(recipe, views, view), isTrained, top1, projections[0].Count));
        }
        return new(scores, matches);
    }

    private static string Name(Recipe recipe, IReadOnlyList<ViewPipeline> views, int view)
    {
        string kind = recipe.Data.Modalities.Count == 0 ? "picture" : recipe.Data.Modalities[views[view].Partner].Name;
        return $"view {view}: {kind}";
    }

    private static Method Open(RunFolder run, Recipe recipe, bool isTrained, Action<string>? warned)
    {
        Runtime.Seed(recipe.Training.Seed);         // the weights that the run began with
        Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, RunRecord.PicturesOf(run)), recipe.Method);
        try
        {
            if (isTrained)
            {
                CheckpointStore store = new(run);
                CheckpointState newest = store.Newest(text => warned?.Invoke(text), RunRecord.IdentityOf(run)) ?? throw new MocoException(ErrorIds.NoRun, "the run has no checkpoint yet", at: run.Root, fix: $"train it further: moco resume {run.Root}");
                store.Load(newest, method, optimizer: null);
            }
            method.MoveTo(Compute.Of(recipe.Training).Device);
            method.Train(false);
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }
}

/// <summary>What all tests said.</summary>
/// <param name="Scores">kNN accuracies, untrained before trained.</param>
/// <param name="Matches">How often the first view finds each of the others that differ from it, untrained before trained.</param>
public sealed record ViewResults(IReadOnlyList<ViewScore> Scores, IReadOnlyList<ViewMatch> Matches);

/// <summary>What one test said.</summary>
/// <param name="Features">The histogram, a view or all views.</param>
/// <param name="IsTrained">Whether the networks were trained; null for the histogram.</param>
/// <param name="Accuracy">Top-1 of the kNN vote on the test scenes, in percent.</param>
public sealed record ViewScore(string Features, bool? IsTrained, double Accuracy);
