using MocoSharp.Evaluation;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Scenes with several pictures through a whole run: stopping, accumulation, precision, tests of each view.</summary>
public sealed class PairedTrainingTests : TensorTest
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-paired-").FullName;

    [Theory, InlineData(1, Precision.Fp32, ViewSharing.Core), InlineData(2, Precision.Bf16, ViewSharing.Core),
        InlineData(1, Precision.Fp32, ViewSharing.None)]
    public void Stopping_and_resuming_gives_the_same_bits_as_never_stopping(int accumulate, Precision precision, ViewSharing sharing)
    {
        Recipe recipe = Recipe(accumulate, precision, sharing);
        TrainingResult whole = Run("whole", recipe, resume: false, stopAfter: null);
        Run("parts", recipe, resume: false, stopAfter: 1);
        TrainingResult parts = Run("parts", recipe, resume: true, stopAfter: null);
        Assert.Equal(whole.Steps, parts.Steps);
        foreach (string file in new[] { "weights.safetensors", "optimizer.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder.Checkpoint(whole.Steps), file)),
                File.ReadAllBytes(Path.Combine(parts.Folder.Checkpoint(parts.Steps), file)));
        Assert.Equal(whole.Metrics.Select(static m => (m.Loss, m.Knn)), parts.Metrics.Select(static m => (m.Loss, m.Knn)));
    }

    [Fact]
    public void Memories_are_full_of_real_features_from_the_first_step_on_even_when_they_hold_more_than_the_set()
    {
        List<double> fills = [];
        Recipe recipe = Recipe() with { Method = ((MomentumCmcOptions)Recipe().Method) with { MemoryLength = 50 } };
        Run("run", recipe, resume: false, stopAfter: 1, new Watch(step => fills.Add(step.Measures["queue_fill"])));
        Assert.All(fills, static fill => Assert.Equal(1, fill));
    }

    [Fact]
    public void Each_view_and_all_together_are_tested_beside_a_color_histogram()
    {
        Recipe recipe = Recipe() with { Monitor = new MonitorSettings(Neighbors: 3, Features: MonitorFeatures.AllViews) };
        TrainingResult result = Run("run", recipe, resume: false, stopAfter: 1);
        using TrainingData data = Data();
        ViewsResult found = ViewComparison.Run(new EvaluatedRun(result.Folder, recipe, data));
        IReadOnlyList<ViewScore> scores = found.Results;
        Assert.Equal([FeatureScore.Histogram, "view 0: terrain", "view 1: segmentation", "view 2: height", "view 3: terrain",
            ViewComparison.AllViews,
            "view 0: terrain", "view 1: segmentation", "view 2: height", "view 3: terrain",
                ViewComparison.AllViews], scores.Select(static score => score.Features));
        Assert.Equal(result.Metrics[^1].Knn!.Value, scores[^1].Accuracy, tolerance: 1e-6);
        Assert.Equal(["view 1: segmentation", "view 2: height", "view 3: terrain"],
            found.Matches.Where(static match => match.IsTrained).Select(static match => match.View));
        Assert.All(found.Matches, match => Assert.Equal(data.Test!.Count, match.Scenes));
        IReadOnlyList<FeatureScore> kinds = FeatureComparison.Run(new EvaluatedRun(result.Folder, recipe, data),
            new ComparisonOptions(Neighbors: 3));
        Assert.Equal([FeatureScore.Pixels, FeatureScore.Histogram, FeatureScore.Untrained, FeatureScore.Trained],
            kinds.Select(static score => score.Features));
        Assert.Equal(scores[0].Accuracy, kinds[1].Accuracy);
    }

    [Fact]
    public void Views_in_another_order_than_the_methods_channels_are_refused()
    {
        Recipe recipe = Recipe() with { Views = [.. Recipe().Views.Reverse()] };
        OptionException error = Assert.Throws<OptionException>(() => Run("run", recipe, resume: false, stopAfter: 1));
        Assert.Contains("1 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_kind_is_refused_with_those_there_are()
    {
        Recipe recipe = Recipe() with { Views = [Recipe().Views[0] with { Of = "depth" }] };
        Assert.Contains("terrain, segmentation, height", Assert.Throws<OptionException>(() => recipe.Checked()).Fix,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_see_the_middle_of_what_training_cuts_at_the_same_scale()
    {
        IReadOnlyList<ViewPipeline> views = Recipe().EvaluationViews();
        Assert.Equal([0, 1, 2, 0], views.Select(static view => view.Partner));
        Assert.Equal(new CenterCrop(32), Assert.Single(views[0].Steps));
        Assert.Equal(new CenterCrop(32), Assert.Single(Recipe().EvaluationView().Steps));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private static Recipe Recipe(int accumulate = 1, Precision precision = Precision.Fp32, ViewSharing sharing = ViewSharing.Core) =>
        TinyRecipes.FourViews(accumulate, precision, sharing);

    private TrainingResult Run(string name, Recipe recipe, bool resume, int? stopAfter, Watch? watch = null)
    {
        using TrainingData data = Data();
        string folder = Path.Combine(_root, name);
        watch ??= new Watch();
        using TrainingRun run = resume ? TrainingRun.Resume(new RecipeFile(recipe, ""), data, folder, watch)
            : TrainingRun.Start(new RecipeFile(recipe, ""), data, folder, watch);
        return run.Train(Watch.Epochs(stopAfter));
    }

    private static TrainingData Data() => new(new PairedTinySource(16), new PairedTinySource(6), ["tiny"]);
}
