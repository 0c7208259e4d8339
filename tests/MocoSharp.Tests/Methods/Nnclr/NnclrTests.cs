using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.Nnclr;
using MocoSharp.Torch.Optim;
using NnclrMethod = MocoSharp.Methods.Nnclr.Nnclr;

namespace MocoSharp.Tests.Methods.Nnclr;

/// <summary>Both forms of NNCLR against their own code, restated, and what the mathematics demands.</summary>
public sealed class NnclrTests : TensorTest
{
    [Theory]
    [InlineData("keras", DType.Float64), InlineData("paper", DType.Float64), InlineData("keras", DType.Float32),
        InlineData("paper", DType.Float32)]
    public void Two_steps_match_the_reference(string form, DType precision)
    {
        JsonElement golden = Golden.Open("nnclr"), run = golden.GetProperty(form);
        (int count, int side, int dim) = (golden.Whole("batch"), golden.Whole("side"), golden.Whole("dim"));
        MethodParts parts = new(new EncoderOptions("resnet18-small"), 100, count);
        using Method nnclr = form == "keras"
            ? new KerasNnclr(parts, new KerasNnclrOptions(golden.Whole("support"), dim, golden.Number("temperature")))
            : new NnclrMethod(parts, new NnclrOptions(golden.Whole("support"), dim, golden.Whole("hidden"), golden.Whole("predictor"),
            golden.Number("temperature")));
        GoldenSteps.Fill(nnclr, golden.Number("gain"), Reference);
        nnclr.ConvertTo(precision);
        GoldenSteps.Set(nnclr, "support.queue.keys", Fill.Directions("queue", golden.Whole("support"), dim));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(nnclr.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        Batch Pair(int index) => new([GoldenSteps.Pictures($"step{index}.a", count, 3, side, precision),
            GoldenSteps.Pictures($"step{index}.b", count, 3, side, precision)],
            [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, index);
        GoldenSteps.Run(nnclr, sgd, golden.Number("lr"), run, Pair, precision, (index, step) =>
        {
            if (form != "keras" || precision != DType.Float64) return;
            double[] measures = [.. run.GetProperty("measures")[index].EnumerateArray().Select(static m => m.GetDouble())];
            Assert.Equal(measures[0], step.Measures!["c_acc"], tolerance: 1e-6);
            Assert.Equal(measures[1], step.Measures!["r_acc"], tolerance: 1e-6);
        });
        GoldenSteps.CheckNorms(nnclr, run, Reference, precision);
    }

    [Fact]
    public void Chance_is_the_log_of_the_batch()
    {
        using KerasNnclr nnclr = new(new MethodParts(Tiny.EncoderOptions, 100, 525), new KerasNnclrOptions(1000, 8));
        Assert.Equal(6.2634, nnclr.ChanceLoss!.Value, tolerance: 1e-4);
    }

    [Theory, InlineData("network.head."), InlineData("predictor.")]
    public void A_network_that_tells_nothing_apart_is_at_chance(string silent)
    {
        Batch batch = Tiny.Batch();
        MethodParts parts = new(Tiny.EncoderOptions, 100, batch.Count);
        using Method method = silent == "predictor." ? new NnclrMethod(parts, new NnclrOptions(16, 8, 8, 8))
            : new KerasNnclr(parts, new KerasNnclrOptions(16, 8));
        using (GradMode.Off())
            foreach ((_, Tensor value) in method.Parameters().Where(item => item.Name.StartsWith(silent, StringComparison.Ordinal)))
                value.ZeroInPlace();
        Assert.Equal(Math.Log(batch.Count), method.Step(batch).Loss.ToDouble(), tolerance: 1e-5);
        Assert.Equal(Math.Log(batch.Count), method.ChanceLoss!.Value, tolerance: 1e-12);
    }

    [Fact]
    public void A_projection_that_is_in_the_support_set_is_its_own_neighbor()
    {
        using SupportSet support = new(16, 8);
        Tensor rows = Tiny.UnitRows("rows", 4, 8);
        support.Push(rows, [0, 1, 0, -1]);
        (Tensor near, Tensor indices) = support.Nearest(rows);
        Tolerance.Close(rows, near, relative: 1e-6);
        Assert.False(near.RequiresGrad);
        Assert.Equal([0L, 1, 2, 3], indices.ToArray<long>());
        Assert.Equal(2 / 3.0, support.Purity(indices, [0, 1, 1, 1])!.Value, tolerance: 1e-9);     // the fourth neighbor has no label
        Assert.Null(support.Purity(indices, [-1, -1, -1, -1]));
    }

    [Fact]
    public void The_papers_neighbor_is_a_constant_and_keras_lets_the_gradient_through_to_the_projection()
    {
        using SupportSet support = new(16, 8);
        Tensor projection = Tiny.UnitRows("p", 4, 8).Detach();
        projection.RequiresGrad = true;
        (Tensor near, _) = support.Nearest(projection);
        Assert.False(near.RequiresGrad);
        Tensor through = projection + (near - projection).Detach();
        Tolerance.Close(near, through, relative: 1e-6);
        through.Sum().Backward();
        Assert.All(projection.Grad!.ToArray<float>(), static slope => Assert.Equal(1f, slope));
    }

    [Fact]
    public void Support_and_labels_wait_until_they_are_told()
    {
        using KerasNnclr nnclr = new(new MethodParts(Tiny.EncoderOptions, 100, 8), new KerasNnclrOptions(16, 8));
        Tensor before = nnclr.Support.Rows.Clone();
        NnclrStep step = nnclr.Step(Tiny.Batch());
        step.Loss.Backward();
        Assert.True(before.SameAs(nnclr.Support.Rows));
        nnclr.AfterBackward(step);
        Assert.False(before.SameAs(nnclr.Support.Rows));
        Assert.Null(nnclr.Support.Rows.Grad);
    }

    [Fact]
    public void The_encoder_of_the_example_has_its_weights()
    {
        using Encoder encoder = EncoderRegistry.Create(new SizedEncoderOptions("keras-cnn"));
        Assert.Equal(856_064, encoder.Parameters().Sum(static p => p.Value.ElementCount));
        Assert.Equal([2, 128], encoder.Forward(Fill.Inputs("x", 2, 3, 96, 96)).Shape);
        Assert.Equal("side", Assert.Throws<OptionException>(() =>
            EncoderRegistry.Create(new SizedEncoderOptions("keras-cnn", Side: 28))).Option);
    }

    [Fact]
    public void The_encoder_of_the_example_gives_the_features_of_its_restatement()
    {
        JsonElement golden = Golden.Open("nnclr").GetProperty("encoder");
        int side = golden.Whole("side");
        using Encoder encoder = Fill.Module(
            EncoderRegistry.Create(new SizedEncoderOptions("keras-cnn", Width: golden.Number("width"), Side: side)));
        Assert.Equal(golden.Whole("parameters"), encoder.Parameters().Sum(static p => p.Value.ElementCount));
        encoder.ConvertTo(DType.Float64);
        using GradMode off = GradMode.Off();
        golden.GetProperty("features").HoldsWhole(encoder.Forward(Fill.Inputs("keras", 3, 3, side, side).To(DType.Float64)),
            relative: 1e-6);
    }

    private static string Reference(string name) => name.Replace("network.", "", StringComparison.Ordinal);
}
