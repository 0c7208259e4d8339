using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Cmc;
using MocoSharp.Torch.Optim;
using CmcMethod = MocoSharp.Methods.Cmc.Cmc;

namespace MocoSharp.Tests.Methods.Cmc;

/// <summary>Two training steps against the authors' code, restated: HobbitLong/CMC at 7b227be.</summary>
public sealed class CmcGoldenTests : TensorTest
{
    [Theory]
    [InlineData("nce", DType.Float64), InlineData("softmax", DType.Float64), InlineData("nce", DType.Float32),
        InlineData("softmax", DType.Float32)]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        JsonElement golden = Golden.Open("cmc"), run = golden.GetProperty("runs").GetProperty(name), spread = run.GetProperty("spread");
        (int pictures, int dim) = (golden.Whole("pictures"), golden.Whole("dim"));
        CmcOptions options = new(dim, golden.Number("temperature"), golden.Whole("negatives"), golden.Number("bankMomentum"),
            Softmax: name == "softmax");
        using CmcMethod cmc = new(new MethodParts(new EncoderOptions("pair-resnet18-small"), pictures), options);
        GoldenSteps.Fill(cmc, golden.Number("gain"), Reference);
        cmc.ConvertTo(precision);
        GoldenSteps.Set(cmc, "light_bank.rows", Fill.Directions("light.bank", pictures, dim));
        GoldenSteps.Set(cmc, "colour_bank.rows", Fill.Directions("color.bank", pictures, dim));      // saved runs have the older spelling
        using Optimizer sgd = new Sgd(ParameterGroup.Of(cmc.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        GoldenSteps.Run(cmc, sgd, golden.Number("lr"), run, step => new GoldenBatch(step, golden, precision), precision);
        if (!options.Softmax)
        {
            JsonElement constants = run.GetProperty("constants"), spreads = spread.GetProperty("constants");
            GoldenSteps.CheckNumber(constants.GetProperty("light"), spreads.GetProperty("light"), cmc.Constants.Light!.Value, precision,
                "Z of lightness");
            GoldenSteps.CheckNumber(constants.GetProperty("color"), spreads.GetProperty("color"), cmc.Constants.Color!.Value, precision,
                "Z of color");
        }
        GoldenSteps.CheckSummary(run.GetProperty("banks").GetProperty("light"), spread.GetProperty("banks").GetProperty("light"),
            cmc.Banks.Light.Rows, precision);
        GoldenSteps.CheckSummary(run.GetProperty("banks").GetProperty("color"), spread.GetProperty("banks").GetProperty("color"),
            cmc.Banks.Color.Rows, precision);
        GoldenSteps.CheckNorms(cmc, run, Reference, precision);
    }

    private static string Reference(string name) => name.Replace("encoder.first", "light", StringComparison.Ordinal)
        .Replace("encoder.rest", "color", StringComparison.Ordinal)
        .Replace("colour_head.0", "color.fc", StringComparison.Ordinal).Replace("light_head.0", "light.fc", StringComparison.Ordinal);

    private sealed class GoldenBatch(int step, JsonElement golden, DType precision) : Batch(
        [GoldenSteps.Pictures($"step{step}.view", golden.Whole("batch"), 3, golden.Whole("side"), precision)],
        [.. Fill.Permutation($"step{step}.pictures", golden.Whole("pictures")).Take(golden.Whole("batch")).Select(static i => (int)i)],
        [.. Enumerable.Repeat(-1, golden.Whole("batch"))], 0, step)
    {
        private readonly string _noise = $"step{step}.noise";

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise(_noise, Count * each, rows);
    }
}
