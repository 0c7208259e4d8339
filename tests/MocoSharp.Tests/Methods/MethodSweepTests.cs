using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Training;
using MocoSharp.Training;

namespace MocoSharp.Tests.Methods;

/// <summary>What holds for each registered method: it trains in any precision and with accumulated gradients, resumes to the same bits, and
/// leaks no tensor.</summary>
public sealed class MethodSweepTests : TensorTest
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-sweep").FullName;

    public static TheoryData<string, Precision, int> Cases
    {
        get
        {
            TheoryData<string, Precision, int> cases = [];
            foreach (string method in MethodRegistry.OptionTypes.Keys)
            {
                cases.Add(method, Precision.Fp32, 1);
                cases.Add(method, Precision.Bf16, 1);
                cases.Add(method, Precision.Fp32, 2);
            }
            return cases;
        }
    }

    public static TheoryData<string> Names => [.. MethodRegistry.OptionTypes.Keys];

    // TensorTest fails when a tensor outlives the test
    [Theory, MemberData(nameof(Cases))]
    public void It_trains_and_resumes_to_the_same_bits(string method, Precision precision, int accumulate)
    {
        Recipe recipe = TinyRecipes.For(method);
        recipe = recipe with { Training = recipe.Training with { Precision = precision, Accumulate = accumulate } };
        TrainingResult whole = Train("whole", recipe, stopAfter: null);
        Train("halves", recipe, stopAfter: 1);
        TrainingResult resumed = Resume("halves", recipe);
        Assert.All(whole.Metrics, static epoch => Assert.True(double.IsFinite(epoch.Loss)));
        Assert.All(whole.Metrics, static epoch => Assert.InRange(epoch.Knn!.Value, 0, 100));
        Assert.Equal(whole.Steps, resumed.Steps);
        Assert.True(whole.Steps >= 4 / accumulate, $"{whole.Steps} steps");
        CheckSame(whole, resumed, recipe);
    }

    [Fact]
    public void A_validation_pass_gives_a_loss_and_changes_nothing()
    {
        Recipe with = TinyRecipes.For("fastai-moco"), without = with with { Monitor = with.Monitor with { ValidationLoss = false } };
        TrainingResult first = Train("with", with, stopAfter: null), second = Train("without", without, stopAfter: null);
        Assert.All(first.Metrics, static epoch => Assert.True(epoch.ValidationLoss > 0));
        Assert.All(second.Metrics, static epoch => Assert.Null(epoch.ValidationLoss));
        Assert.True(Bytes(first, "weights.safetensors").AsSpan().SequenceEqual(Bytes(second, "weights.safetensors")),
            "the validation pass moved something");
    }

    // batch norm sees each picture beside others, so joint pictures change the loss; a probe that does not join must change nothing
    [Fact]
    public void A_probe_that_does_not_join_leaves_the_encoder_as_it_is_and_reports_its_accuracy()
    {
        Recipe with = TinyRecipes.For("nnclr-keras"), joint = with;
        with = with with { Probe = with.Probe! with { Joint = false } };
        TrainingResult probed = Train("with", with, stopAfter: null), plain = Train("without", with with { Probe = null }, stopAfter: null);
        Assert.True(Bytes(probed, "weights.safetensors").AsSpan().SequenceEqual(Bytes(plain, "weights.safetensors")),
            "the probe reached the encoder");
        foreach (string name in new[] { "p_acc", "val_p_acc", "c_acc", "r_acc", "neighbor_purity" })
            Assert.InRange(probed.Metrics[^1].Measures[name], 0, 1);
        Assert.False(Bytes(Train("joint", joint, stopAfter: null), "weights.safetensors").AsSpan()
            .SequenceEqual(Bytes(plain, "weights.safetensors")));
    }

    [Fact]
    public void Fewer_labeled_pictures_than_the_probes_batch_are_refused_by_its_name()
    {
        Recipe recipe = TinyRecipes.For("nnclr-keras");
        recipe = recipe with { Probe = recipe.Probe! with { BatchSize = 33, Joint = false } };
        OptionException error = Assert.Throws<OptionException>(() => Train("run", recipe, stopAfter: null));
        Assert.Contains("probe.batchSize is 33, and 32 pictures are labeled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_remembers_its_pictures_refuses_a_validation_loss()
    {
        Recipe recipe = TinyRecipes.For("npid");
        recipe = recipe with { Monitor = recipe.Monitor with { ValidationLoss = true } };
        OptionException error = Assert.Throws<OptionException>(() => Train("run", recipe, stopAfter: null));
        Assert.Equal("set monitor.validationLoss to false", error.Fix);
    }

    public static TheoryData<string, int> Stops
    {
        get
        {
            TheoryData<string, int> stops = new() { { "moco", 4 } };          // an epoch has 4 steps
            foreach (string method in MethodRegistry.OptionTypes.Keys) stops.Add(method, 3);
            return stops;
        }
    }

    [Theory, MemberData(nameof(Stops))]
    public void A_bound_on_steps_stops_with_a_checkpoint_that_goes_on_to_the_same_bits(string method, int steps)
    {
        Recipe recipe = TinyRecipes.For(method);
        TrainingResult whole = Train("whole", recipe, stopAfter: null), part = Train("part", recipe, stopAfter: null, maximumSteps: steps);
        Assert.True(part.Finished);
        Assert.Equal(steps, part.Steps);
        CheckSame(whole, Resume("part", recipe), recipe);
    }

    [Theory, MemberData(nameof(Names))]
    public void Training_moves_the_encoder_and_keeps_weights_in_fp32(string name)
    {
        Recipe recipe = TinyRecipes.For(name);
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(_root, "run"), new Watch());
        Dictionary<string, Tensor> before = run.Method.Encoder.Parameters()
            .ToDictionary(static p => p.Name, static p => p.Value.Detach().Clone());
        run.Train(StopAfter.Epochs(1));
        Assert.All(run.Method.Parameters(), static p => Assert.Equal(DType.Float32, p.Value.DType));
        int moved = run.Method.Encoder.Parameters().Count(p => !p.Value.SameAs(before[p.Name]));
        Assert.True(moved >= before.Count / 2, $"{moved} of {before.Count} parameters of the encoder moved");
        Assert.True(File.Exists(run.Folder.Views));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_test_of_few_labels_works_on_it(string name)
    {
        Recipe recipe = TinyRecipes.For(name);
        RunFolder run = Train("run", recipe, stopAfter: 1).Folder;
        using TrainingData data = Data();
        foreach (LinearSolver solver in Enum.GetValues<LinearSolver>())
        {
            LinearOptions options = new(LabelBudget.All, FeatureSpace.Backbone, solver, Draws: 1, Sgd: new SgdOptions([0.1], Epochs: 2));
            Assert.Equal(3, LinearEvaluation.Run(new EvaluatedRun(run, recipe, data), options).Scores.Count);
        }
        IReadOnlyList<FineTuneScore> tuned = FineTuning.Run(new EvaluatedRun(run, recipe, data),
            new FineTuneOptions(LabelBudget.All, "0.5", AgainstScratch: true, Epochs: 2, Rates: [0.01]));
        Assert.Equal(2, tuned.Count);
        IReadOnlyList<FeatureScore> knn = FeatureComparison.Run(new EvaluatedRun(run, recipe, data), new ComparisonOptions(Neighbors: 5));
        Assert.All(knn, static score => Assert.InRange(score.Accuracy, 0, 100));
        Assert.Equal(3, knn.Count);
    }

    [Theory, MemberData(nameof(Names))]
    public void Projections_are_unit_rows_in_fp32(string name)
    {
        Recipe recipe = TinyRecipes.For(name);
        using Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, 16), recipe.Method);
        method.Train(false);
        ImageSize seen = recipe.ViewRecipe().Views[0].Output(recipe.Data.ChannelCount);
        Tensor rows = method.Project(Tiny.Batch(side: seen.Width, channels: seen.Channels).View(0));
        Assert.Equal(DType.Float32, rows.DType);
        Assert.All(rows.Norm(dim: 1).ToArray<float>(), static length => Assert.Equal(1f, length, tolerance: 1e-4f));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_recipe_of_it_comes_with_the_library(string name)
    {
        Assert.Contains(RecipeFile.Names, recipe => MethodRegistry.NameOf(RecipeFile.Load(recipe).Recipe.Method) == name);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private static void CheckSame(TrainingResult whole, TrainingResult resumed, Recipe recipe)
    {
        foreach (string file in new[] { "weights.safetensors", "optimizer.safetensors" })
            Assert.True(Bytes(whole, file).AsSpan().SequenceEqual(Bytes(resumed, file)), $"{file} differs after a resume");
        if (recipe.Probe is not null) Assert.True(Bytes(whole, "probe.safetensors").AsSpan()
            .SequenceEqual(Bytes(resumed, "probe.safetensors")), "the probe differs after a resume");
    }

    private static TrainingData Data() => new(new TinySource(32), new TinySource(10, seed: 2), ["tiny"]);

    private static byte[] Bytes(TrainingResult result, string file) =>
        File.ReadAllBytes(Path.Combine(result.Folder.Checkpoint(result.Steps), file));

    private TrainingResult Train(string folder, Recipe recipe, int? stopAfter, long? maximumSteps = null)
    {
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(_root, folder), new Watch());
        return run.Train(maximumSteps is null ? Watch.Epochs(stopAfter) : Watch.Steps(maximumSteps));
    }

    private TrainingResult Resume(string folder, Recipe recipe)
    {
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Resume(new RecipeFile(recipe, ""), data, Path.Combine(_root, folder), new Watch());
        return run.Train();
    }
}
