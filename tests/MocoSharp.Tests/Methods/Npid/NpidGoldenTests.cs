using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Npid;
using MocoSharp.Torch.Optim;
using NpidMethod = MocoSharp.Methods.Npid.Npid;

namespace MocoSharp.Tests.Methods.Npid;

/// <summary>Two training steps against the authors' code, restated: zhirongw/lemniscate.pytorch at f7cfe29.</summary>
public sealed class NpidGoldenTests : TensorTest
{
    [Theory]
    [InlineData("nce", DType.Float64), InlineData("softmax", DType.Float64), InlineData("proximal", DType.Float64)]
    [InlineData("nce", DType.Float32), InlineData("softmax", DType.Float32), InlineData("proximal", DType.Float32)]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        JsonElement golden = Golden.Open("npid"), run = golden.GetProperty("runs").GetProperty(name), spread = run.GetProperty("spread");
        (int count, int side, int pictures, int dim) = (golden.Whole("batch"), golden.Whole("side"), golden.Whole("pictures"),
            golden.Whole("dim"));
        NpidOptions options = new(dim, run.Number("temperature"), run.Whole("negatives"), run.Number("bankMomentum"),
            run.Number("proximal"));
        using NpidMethod npid = new(new MethodParts(new EncoderOptions("resnet18-small"), pictures), options);
        GoldenSteps.Fill(npid, golden.Number("gain"), GoldenSteps.Torchvision);
        npid.ConvertTo(precision);
        GoldenSteps.Set(npid, "bank.rows", Fill.Directions("bank", pictures, dim));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(npid.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        GoldenSteps.Run(npid, sgd, golden.Number("lr"), run, step => new GoldenBatch(step, count, side, pictures, precision), precision);
        if (options.Negatives > 0) GoldenSteps.CheckNumber(run.GetProperty("constant"), spread.GetProperty("constant"),
            npid.Constant!.Value, precision, "Z");
        GoldenSteps.CheckSummary(run.GetProperty("bank"), spread.GetProperty("bank"), npid.Bank.Rows, precision);
        GoldenSteps.CheckNorms(npid, run, GoldenSteps.Torchvision, precision);
    }

    private sealed class GoldenBatch(int step, int count, int side, int pictures, DType precision) : Batch(
        [GoldenSteps.Pictures($"step{step}.view", count, 3, side, precision)],
        [.. Fill.Permutation($"step{step}.pictures", pictures).Take(count).Select(static i => (int)i)], [.. Enumerable.Repeat(-1, count)],
        0, step)
    {
        private readonly string _noise = $"step{step}.noise";

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise(_noise, Count * each, rows);
    }
}
