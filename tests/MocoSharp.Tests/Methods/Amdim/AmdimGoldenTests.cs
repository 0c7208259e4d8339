using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Amdim;
using MocoSharp.Torch.Optim;
using AmdimMethod = MocoSharp.Methods.Amdim.Amdim;

namespace MocoSharp.Tests.Methods.Amdim;

/// <summary>The score and two training steps against the authors' code, restated: Philip-Bachman/amdim-public at 8754ae1.</summary>
public sealed class AmdimGoldenTests : TensorTest
{
    [Fact]
    public void A_score_and_its_gradients_match_the_reference()
    {
        JsonElement golden = Golden.Open("amdim"), expected = golden.GetProperty("score");
        long[] shape = expected.GetProperty("shape").Longs();
        Tensor source = Fill.Inputs("amdim.source", shape[0], shape[2]).To(DType.Float64) * 3,
            target = Fill.Inputs("amdim.target", shape).To(DType.Float64) * 3;
        (source.RequiresGrad, target.RequiresGrad) = (true, true);
        (Tensor loss, Tensor square) = ScaleScore.Of(source, target, golden.Number("clip"));
        Tolerance.Close(expected.Number("loss"), loss.ToDouble(), 1e-9, "loss");
        Tolerance.Close(expected.Number("regularizer"), golden.Number("regularization") * square.ToDouble(), 1e-9, "regularizer");
        (loss + square * golden.Number("regularization")).Backward();
        expected.GetProperty("source").HoldsSummary(source.Grad!, 1e-6);
        expected.GetProperty("target").HoldsSummary(target.Grad!, 1e-6);
    }

    [Theory, InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Two_steps_match_the_reference(DType precision)
    {
        JsonElement golden = Golden.Open("amdim"), run = golden.GetProperty("run");
        EncoderOptions encoder = new AmdimEncoderOptions("amdim", Width: golden.Number("width"), Side: golden.Whole("side"),
            Depth: golden.Whole("depth"), Features: golden.Whole("features"));
        using AmdimMethod amdim = new(new MethodParts(encoder, pictures: 1),
            new AmdimOptions(golden.Number("clip"), golden.Number("regularization")));
        GoldenSteps.Fill(amdim, gain: 1, static name => name);
        amdim.ConvertTo(precision);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(amdim.Parameters(), weightDecay: 0, decayNormsAndBiases: true), momentum: 0);
        GoldenSteps.Run(amdim, sgd, golden.Number("lr"), run, step => new GoldenBatch(step, golden, precision), precision);
        GoldenSteps.CheckNorms(amdim, run, static name => name, precision);
    }

    private sealed class GoldenBatch(int step, JsonElement golden, DType precision) : Batch(
        [.. Enumerable.Range(0, 2).Select(view =>
        GoldenSteps.Pictures($"step{step}.view{view}", golden.Whole("batch"), 3, golden.Whole("side"), precision))],
        [.. Enumerable.Range(0, golden.Whole("batch"))], [.. Enumerable.Repeat(-1, golden.Whole("batch"))], 0, step)
    {
        private readonly string _name = $"step{step}.noise";

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise($"{_name}{use}", Count * each, rows);
    }
}
