using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.FastaiMoCo;
using MocoSharp.Recipes;
using MocoSharp.Torch.Optim;
using FastaiMethod = MocoSharp.Methods.FastaiMoCo.FastaiMoCo;

namespace MocoSharp.Tests.Methods.FastaiMoCo;

/// <summary>The fastai MoCo against its own code, restated, and what its departures from the paper demand.</summary>
public sealed class FastaiMoCoTests : TensorTest
{
    private static readonly FastaiMoCoOptions s_options = new(QueueLength: 16, KeyFeatures: 8, HiddenFeatures: 12, HeadNorm: true,
        KeyMomentum: 0.9);

    [Theory, InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Two_steps_match_the_reference(DType precision)
    {
        JsonElement golden = Golden.Open("fastai"), run = golden.GetProperty("run");
        (int count, int side) = (golden.Whole("batch"), golden.Whole("side"));
        FastaiMoCoOptions options = new(golden.Whole("queueLength"), golden.Whole("dim"), golden.Whole("hidden"), HeadNorm: true,
            Temperature: golden.Number("temperature"), KeyMomentum: golden.Number("keyMomentum"));
        using FastaiMethod moco = new(new MethodParts(new EncoderOptions("resnet18-small"), 100, count), options);
        GoldenSteps.Fill(moco, golden.Number("gain"), Reference);
        moco.ConvertTo(precision);
        GoldenSteps.Set(moco, "queue.keys", Fill.Directions("queue", options.QueueLength, options.KeyFeatures));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(moco.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        Batch Pair(int index) => new([GoldenSteps.Pictures($"step{index}.q", count, 3, side, precision),
            GoldenSteps.Pictures($"step{index}.k", count, 3, side, precision)],
            [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, index);
        GoldenSteps.Run(moco, sgd, golden.Number("lr"), run, Pair, precision);
        foreach (string network in new[] { "query", "key" })
            GoldenSteps.CheckNorms(moco, run, name => name.StartsWith($"{network}.", StringComparison.Ordinal) ? Reference(name) : name,
                precision, network);
        GoldenSteps.CheckNumber(run.GetProperty("queueSum"), run.GetProperty("spread").GetProperty("queueSum"),
            moco.Queue.Keys.To(DType.Float64).Sum().ToDouble(), precision, "queue");
    }

    [Theory, InlineData(8, 128, 4.9127), InlineData(256, 4096, 8.3784)]
    public void Chance_counts_the_batchs_other_keys(int batch, int queue, double expected)
    {
        using FastaiMethod moco = Moco(s_options with { QueueLength = queue }, batch);
        Assert.Equal(expected, moco.ChanceLoss!.Value, tolerance: 1e-4);
    }

    [Fact]
    public void Loss_is_the_chance_level_when_all_keys_look_alike()
    {
        using FastaiMethod moco = Moco(s_options);
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in moco.Parameters())
            if (name.EndsWith("head.3.weight", StringComparison.Ordinal)) value.ZeroInPlace();          // the last bias alone speaks
            else if (name.EndsWith("head.3.bias", StringComparison.Ordinal)) value.FillInPlace(1);
        GoldenSteps.Set(moco, "queue.keys", Tensor.Full([16, 8], 1 / Math.Sqrt(8)));
        Assert.Equal(Math.Log(8 + 16), moco.Step(Tiny.Batch()).Loss.ToDouble(), tolerance: 1e-4);
    }

    [Fact]
    public void A_batch_in_another_order_has_the_same_loss()
    {
        using FastaiMethod moco = Moco(s_options);
        moco.Train(false);
        Batch batch = Tiny.Batch(), turned = new([batch.View(0).Flip(0), batch.View(1).Flip(0)], batch.Indices, batch.Labels, 1, 0);
        Assert.Equal(moco.Step(batch).Loss.ToDouble(), moco.Step(turned).Loss.ToDouble(), tolerance: 1e-4);
    }

    [Fact]
    public void Keys_and_queue_get_no_gradient_and_wait_until_they_are_told()
    {
        using FastaiMethod moco = Moco(s_options);
        Tensor before = moco.Queue.Keys.Clone();
        KeyStep step = moco.Step(Tiny.Batch());
        step.Loss.Backward();
        Assert.All(moco.Parameters(), static p =>
            Assert.Equal(p.Name.StartsWith("query.", StringComparison.Ordinal), p.Value.Grad is not null));
        Assert.True(before.SameAs(moco.Queue.Keys));
        moco.AfterBackward(step);
        Assert.False(before.SameAs(moco.Queue.Keys));
    }

    // the original prints it: docs/11 - moco
    [Fact]
    public void The_smoke_test_has_the_weights_that_the_original_prints()
    {
        MethodSummary summary = MethodSummary.Of(RecipeFile.Load("fastai-moco-mnist-tiny").Recipe, pictures: 709);
        Assert.Equal(12_378_016, summary.TrainedParameters);
        Assert.Equal(11_195_168, summary.EncoderParameters);
        Assert.Equal(summary.TrainedParameters, summary.Layers.Sum(static layer => layer.Parameters));
        Assert.Equal(0, summary.UnlistedParameters);
        Assert.Equal([1, 28, 28], summary.Input);
        LayerSummary stem = summary.Layers[0];
        Assert.Equal([32, 14, 14], stem.Output);
        Assert.Equal(2 * 9 * 32 * 14 * 14, stem.Flops);
    }

    private static string Reference(string name)
    {
        string own = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return own.StartsWith("head.", StringComparison.Ordinal) ? own.Replace("head", "fc", StringComparison.Ordinal)
            : own["encoder.".Length..];
    }

    private static FastaiMethod Moco(FastaiMoCoOptions options, int batch = 8) =>
        new(new MethodParts(Tiny.EncoderOptions, 100, batch), options);
}
