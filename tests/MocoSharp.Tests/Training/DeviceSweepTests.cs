using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Torch.Layers;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>All that a run does, on a device that refuses tensors which were left on the processor.</summary>
public sealed class DeviceSweepTests : TinyRuns
{
    public DeviceSweepTests() => Compute.Find = static name => name == "cpu" ? Device.Cpu : TestDevice.Here;

    public static TheoryData<string> Methods => [.. MethodRegistry.OptionTypes.Keys];

    public static TheoryData<string> Encoders => [.. EncoderRegistry.Names];

    [Theory, MemberData(nameof(Methods))]
    public void Each_method_trains_there_as_it_does_on_the_processor(string method)
    {
        Recipe there = On("cuda", method);
        double nearLoss = double.NaN, farLoss = double.NaN;
        TrainingResult far = Train("far", there, observer: new Watch(onStep: step => farLoss = step.Step == 1 ? step.Loss : farLoss));
        TrainingResult near = Train("near", On("cpu", method),
            observer: new Watch(onStep: step => nearLoss = step.Step == 1 ? step.Loss : nearLoss));
        Assert.Equal(near.Steps, far.Steps);
        // the sums of other kernels differ in the last bits: steps spread that, and a nearest neighbor is another one
        Assert.Equal(nearLoss, farLoss, tolerance: 1e-4 * Math.Abs(nearLoss));
        Assert.NotNull(far.Metrics[^1].Knn);
        Assert.Equal(TestDevice.Here.ToString(), RunEnvironment.Read(far.Folder).Device);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Each_method_trains_there_in_bf16(string method)
    {
        Recipe recipe = On("cuda", method);
        Assert.SkipWhen(Kernels.Level != Kernels.MachineLevel,
            "the device's work is done by libtorch, which takes bf16 by what the processor has and is held to less here");
        Assert.SkipUnless(Kernels.MachineLevel == "amx",
            "without AMX libtorch's own bf16 weight gradients of narrow maps read memory that nobody wrote (docs/library-convolutions.md)");
        TrainingResult run = Train("run", recipe with { Training = recipe.Training with { Precision = Precision.Bf16 } });
        Assert.All(run.Metrics, static epoch => Assert.True(double.IsFinite(epoch.Loss)));
        Assert.Equal("bf16", RunEnvironment.Read(run.Folder).Precision);
    }

    [Theory, MemberData(nameof(Methods))]
    public void All_of_a_method_and_its_optimizer_is_there(string method)
    {
        Recipe recipe = On("cuda", method);
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(Root, "run"), new Watch());
        run.Train(StopAfter.Epochs(1));
        Assert.All(run.Method.State(), static item => Assert.Equal(TestDevice.Here, item.Value.Device));
        Assert.All(run.Method.Parameters().Where(static p => p.Value.RequiresGrad),
            static p => Assert.Equal(TestDevice.Here, p.Value.Grad!.Device));
    }

    public static TheoryData<string, string, string> Moves
    {
        get
        {
            TheoryData<string, string, string> moves = [];
            foreach (string method in MethodRegistry.OptionTypes.Keys)
            {
                moves.Add(method, "cuda", "cpu");
                moves.Add(method, "cpu", "cuda");
            }
            return moves;
        }
    }

    [Theory, MemberData(nameof(Moves))]
    public void A_run_moves_from_one_device_to_the_other_with_a_word(string method, string from, string to)
    {
        TrainingResult first = Train("run", On(from, method), stopAfter: 1);
        Watch observer = new();
        TrainingResult whole = Resume("run", On(to, method), observer);
        Assert.True(whole.Finished);
        Assert.True(whole.Steps > first.Steps);
        Assert.Contains(
            $"the run was on {Compute.Find(from)} and goes on on {Compute.Find(to)}: its weights will not be those of a run that stayed "
            + $"where it was", observer.Warnings);
        Assert.Equal(Compute.Find(to).ToString(), RunEnvironment.Read(whole.Folder).Device);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Every_test_of_a_run_works_there(string method)
    {
        Recipe recipe = On("cuda", method);
        RunFolder run = Train("run", recipe, stopAfter: 1).Folder;
        using TrainingData data = Data();
        foreach (LinearSolver solver in Enum.GetValues<LinearSolver>())
        {
            LinearOptions options = new(LabelBudget.All, FeatureSpace.Backbone, solver, Draws: 1, Sgd: new SgdOptions([0.1], Epochs: 2));
            Assert.Equal(3, LinearEvaluation.Run(new EvaluatedRun(run, recipe, data), options).Scores.Count);
        }
        Assert.Single(FineTuning.Run(new EvaluatedRun(run, recipe, data), new FineTuneOptions(LabelBudget.All, Epochs: 2, Rates: [0.01])));
        Assert.Equal(3, FeatureComparison.Run(new EvaluatedRun(run, recipe, data), new ComparisonOptions(Neighbors: 5)).Count);
        Assert.NotEmpty(ViewComparison.Run(new EvaluatedRun(run, recipe, data)).Results);
    }

    [Fact]
    public void The_next_batch_is_copied_beside_the_step()
    {
        long before = TestDevice.Waits;
        TrainingResult run = Train("run", On("cuda", "moco"), stopAfter: 1);
        Assert.True(TestDevice.Waits - before >= 2 * 2 * run.Steps,
            $"{TestDevice.Waits - before} waits in {run.Steps} steps of two views: each copy waits for its memory, and the step for it");
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Each_encoder_learns_there(string name)
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.Encoder(name));
        encoder.MoveTo(TestDevice.Here);
        encoder.Forward(Pictures(encoder)).Pow(2).Sum().Backward();
        Assert.All(encoder.Parameters(), static p => Assert.Equal(TestDevice.Here, p.Value.Grad!.Device));
        Assert.All(encoder.State(), static item => Assert.Equal(TestDevice.Here, item.Value.Device));
    }

    [Fact]
    public void Neighbors_are_those_that_the_processor_finds()
    {
        FeatureSet Rows(ulong seed, int count)
        {
            Runtime.Seed(seed);
            return new FeatureSet(Tensor.RandomNormal([count, 16]).ToArray<float>(), 16,
                [.. Enumerable.Range(0, count).Select(static i => i % 3)], ["a", "b", "c"]);
        }
        FeatureSet bank = Rows(1, 5000), queries = Rows(2, 40);
        ClassificationResult far = new KnnClassifier(7, 0.1, TestDevice.Here).Evaluate(bank, queries),
            near = new KnnClassifier(7).Evaluate(bank, queries);
        Assert.Equal(near.Predictions, far.Predictions);
        Assert.Equal(new KnnClassifier(7).EvaluateLeaveOneOut(queries).Predictions,
            new KnnClassifier(7, 0.1, TestDevice.Here).EvaluateLeaveOneOut(queries).Predictions);
    }

    [Fact]
    public void A_tensor_that_is_left_on_the_processor_is_found()
    {
        using Linear layer = new(4, 2);
        layer.MoveTo(TestDevice.Here);
        TorchException error = Assert.Throws<TorchException>(() => layer.Forward(Tensor.Ones([3, 4])));
        Assert.Contains("lies on cpu", error.Message, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        Compute.Find = Device.Parse;
        base.Dispose(disposing);
    }

    private static Recipe On(string device, string method)
    {
        Recipe recipe = TinyRecipes.For(method);
        return recipe with { Training = recipe.Training with { Device = device, Precision = Precision.Fp32 } };
    }

    private static Tensor Pictures(Encoder encoder) => Tensor.RandomNormal([4, encoder.Options.Channels, 32, 32])
        .Contiguous(MemoryFormat.ChannelsLast).To(TestDevice.Here);
}
