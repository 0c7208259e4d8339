using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Swav;
using MocoSharp.Torch.Optim;
using SwavMethod = MocoSharp.Methods.Swav.Swav;

namespace MocoSharp.Tests.Methods.Swav;

/// <summary>SwAV against its authors' assignments and training loop, and what the mathematics demands.</summary>
public sealed class SwavTests : TensorTest
{
    private const string Weight = "prototypes.weight";
    private static readonly SwavOptions s_options = new(Prototypes: 6, ProjectionFeatures: 8, HiddenFeatures: 8, QueueLength: 16,
        QueueFromEpoch: 1);

    [Theory, InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Four_steps_match_the_original(DType precision)
    {
        JsonElement golden = Golden.Open("swav"), run = golden.GetProperty("steps");
        int dim = golden.Whole("dim"), prototypes = golden.Whole("prototypes"), epochs = run.GetProperty("losses").GetArrayLength();
        using SwavMethod swav = new(() => EncoderRegistry.Create(new EncoderOptions("resnet18-small")), new SwavOptions(prototypes, dim,
            golden.Whole("hidden"), golden.Number("temperature"), golden.Number("epsilon"), golden.Whole("iterations"),
            golden.Whole("queue"), golden.Whole("queueFrom"), golden.Whole("frozen")));
        GoldenSteps.Fill(swav, golden.Number("gain"), Reference);
        swav.ConvertTo(precision);
        foreach (string name in new[] { Weight, "prototypes.start" })
            GoldenSteps.Set(swav, name, Fill.Directions("prototypes", prototypes, dim));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(swav.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        GoldenSteps.Run(swav, sgd, golden.Number("lr"), run, step => GoldenSteps.Crops(golden, step, 2, 2, precision), precision,
            epochs: epochs);
        GoldenSteps.CheckNorms(swav, run, Reference, precision);
        GoldenSteps.CheckSummary(run.GetProperty("prototypes"), run.GetProperty("spread").GetProperty("prototypes"),
            State(swav, Weight), precision);
    }

    [Fact]
    public void Assignments_are_the_originals()
    {
        JsonElement golden = Golden.Open("swav");
        Tensor scores = Fill.Directions("scores", golden.Whole("batch"), golden.Whole("dim"))
            .MatMul(Fill.Directions("prototypes", golden.Whole("prototypes"), golden.Whole("dim")).T);
        golden.GetProperty("assignments").HoldsWhole(Sinkhorn.Assign(scores, golden.Number("epsilon"), golden.Whole("iterations")),
            relative: 1e-6);
    }

    [Fact]
    public void Assignments_sum_to_1_a_picture_and_in_the_end_to_the_same_a_prototype()
    {
        Tensor assigned = Sinkhorn.Assign(Fill.Inputs("scores", 12, 4).To(DType.Float64), smoothing: 0.5, iterations: 100);
        Assert.All(assigned.Sum(dim: 1).ToArray<double>(), static sum => Assert.Equal(1, sum, tolerance: 1e-9));
        Assert.All(assigned.Sum(dim: 0).ToArray<double>(), static sum => Assert.Equal(3, sum, tolerance: 1e-6));
    }

    // exp(1 / 0.005) is beyond fp32
    [Fact]
    public void Sharp_assignments_do_not_overflow() =>
        Assert.True(Sinkhorn.Assign(Tiny.UnitRows("z", 8, 4).MatMul(Tiny.UnitRows("c", 6, 4).T), 0.005, iterations: 3).IsFinite());

    [Fact]
    public void Prototypes_stand_still_in_the_first_epoch_and_have_unit_length_ever_after()
    {
        using SwavMethod swav = Swav(s_options);
        using Optimizer adam = new Adam(ParameterGroup.Of(swav.Parameters(), weightDecay: 0.1, decayNormsAndBiases: true));
        Tensor before = State(swav, Weight).Clone();
        Step(swav, adam, epoch: 0);
        Assert.True(before.SameAs(State(swav, Weight)));
        Step(swav, adam, epoch: 1);
        Assert.False(before.SameAs(State(swav, Weight)));
        Assert.All(State(swav, Weight).Norm(dim: 1).ToArray<float>(), static length => Assert.Equal(1f, length, tolerance: 1e-6f));
    }

    [Fact]
    public void The_queue_waits_for_its_epoch_and_helps_once_it_is_full()
    {
        using SwavMethod swav = Swav(s_options), without = Swav(s_options with { QueueLength = 0 });
        using Optimizer sgd = new Sgd(ParameterGroup.Of(swav.Parameters(), 0, true));
        Step(swav, sgd, epoch: 0);
        Assert.Equal(0, swav.Measures()["queue_fill"]);
        Step(swav, sgd, epoch: 1, count: 12);
        Assert.Equal(0.75, swav.Measures()["queue_fill"]);
        without.Load(swav.State().ToDictionary(static s => s.Name, static s => s.Value), strict: false);
        Assert.Equal(Loss(without), Loss(swav));
        Step(swav, sgd, epoch: 1);
        Assert.Equal(1, swav.Measures()["queue_fill"]);
        without.Load(swav.State().Where(static s => !s.Name.StartsWith("queue", StringComparison.Ordinal))
            .ToDictionary(static s => s.Name, static s => s.Value));
        Assert.NotEqual(Loss(without), Loss(swav));
    }

    [Fact]
    public void A_queue_that_is_shorter_than_the_batch_is_refused()
    {
        Assert.Contains("--set method.queueLength=32", Assert.Throws<OptionException>(() => s_options.Check(32)).Fix,
            StringComparison.Ordinal);
        (s_options with { QueueLength = 0 }).Check(32);
    }

    private static SwavMethod Swav(SwavOptions options) => new(() => EncoderRegistry.Create(Tiny.EncoderOptions), options);

    private static Tensor State(Method method, string name) => method.State().Single(item => item.Name == name).Value;

    private static double Loss(SwavMethod swav)
    {
        using GradMode off = GradMode.Off();
        return swav.Step(Tiny.Batch(views: 3, step: 9)).Loss.ToDouble();
    }

    private static void Step(SwavMethod swav, Optimizer optimizer, int epoch, int count = 8)
    {
        swav.Clock = new TrainingClock(epoch, epoch, 1, 4);
        SwavStep step = swav.Step(Tiny.Batch(count, views: 3, step: epoch));
        step.Loss.Backward();
        swav.AfterBackward(step);
        optimizer.Update(0.01);
        swav.AfterUpdate(swav.Clock);
    }

    private static string Reference(string name) => name.Replace("network.", "", StringComparison.Ordinal);
}
