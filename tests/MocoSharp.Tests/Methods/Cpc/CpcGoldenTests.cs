using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Cpc;
using MocoSharp.Torch.Optim;
using CpcMethod = MocoSharp.Methods.Cpc.Cpc;

namespace MocoSharp.Tests.Methods.Cpc;

/// <summary>Context, loss and training steps against the authors' code, restated: loeweX/Greedy_InfoMax at 22d17e4.</summary>
public sealed class CpcGoldenTests : TensorTest
{
    [Fact]
    public void The_context_and_a_predictions_loss_match_the_reference()
    {
        JsonElement golden = Golden.Open("cpc"), alone = golden.GetProperty("alone");
        (int channels, int side) = (alone.Whole("channels"), alone.Whole("grid"));
        using MaskedContext network = Fill.Module(new MaskedContext(channels, golden.Whole("layers")), static name => $"context.{name}");
        using PatchPrediction prediction = new(channels);
        using (GradMode.Off()) prediction.Parameters().Single().Value.CopyFrom(Fill.Parameter("predict.weight", [channels, channels]));
        network.ConvertTo(DType.Float64);
        prediction.ConvertTo(DType.Float64);
        Tensor grid = Fill.Inputs("cpc.grid", 2, channels, side, side).To(DType.Float64);
        grid.RequiresGrad = true;
        Tensor context = network.Forward(grid);
        Tensor loss = prediction.Loss(grid, context, ahead: 2, count =>
            GoldenSteps.Noise("cpc.noise", count * golden.Whole("negatives"), count));
        loss.Backward();
        alone.GetProperty("context").HoldsSummary(context, 1e-6);
        Tolerance.Close(alone.Number("loss"), loss.ToDouble(), 1e-9, "loss");
        alone.GetProperty("gradient").HoldsSummary(grid.Grad!, 1e-6);
    }

    [Theory]
    [InlineData("down", DType.Float64), InlineData("four", DType.Float64), InlineData("all", DType.Float64)]
    [InlineData("down", DType.Float32), InlineData("four", DType.Float32), InlineData("all", DType.Float32)]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        JsonElement golden = Golden.Open("cpc"), run = golden.GetProperty("runs").GetProperty(name);
        DeepEncoderOptions encoder = new("cpc-small", Width: golden.Number("width"),
            Patches: new PatchGrid(golden.Whole("patch"), golden.Whole("stride")));
        CpcOptions options = new(golden.Whole("steps"), golden.Whole("skip"), run.Whole("directions"), run.Whole("negatives"),
            golden.Whole("layers"));
        using CpcMethod cpc = new(new MethodParts(encoder, pictures: 1), options);
        GoldenSteps.Fill(cpc, gain: 1, static name => name);
        cpc.ConvertTo(precision);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(cpc.Parameters(), weightDecay: 0, decayNormsAndBiases: true), momentum: 0);
        GoldenSteps.Run(cpc, sgd, golden.Number("lr"), run, step => new GoldenBatch(step, golden, precision), precision);
        GoldenSteps.CheckNorms(cpc, run, static name => name, precision);
    }

    [Fact]
    public void The_large_encoder_gives_the_features_of_its_restatement()
    {
        JsonElement golden = Golden.Open("cpc"), resnet = golden.GetProperty("resnet");
        int side = resnet.Whole("side");
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(new EncoderOptions("cpc-resnet", Width: golden.Number("width"))));
        Assert.Equal(resnet.Whole("parameters"), encoder.Parameters().Sum(static p => p.Value.ElementCount));
        encoder.ConvertTo(DType.Float64);
        using GradMode off = GradMode.Off();
        resnet.GetProperty("features").HoldsSummary(encoder.Forward(Fill.Inputs("cpc.patches", 3, 3, side, side).To(DType.Float64)),
            relative: 1e-6);
    }

    private sealed class GoldenBatch(int step, JsonElement golden, DType precision) : Batch(
        [GoldenSteps.Pictures($"step{step}.view", golden.Whole("batch"), 3, golden.Whole("side"), precision)],
        [.. Enumerable.Range(0, golden.Whole("batch"))], [.. Enumerable.Repeat(-1, golden.Whole("batch"))], 0, step)
    {
        private readonly string _name = $"step{step}.noise";

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise($"{_name}{use}", Count * each, rows);
    }
}
