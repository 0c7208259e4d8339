using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods.MomentumCmc;

/// <summary>Three steps of the combined architecture against a restatement of the original in PyTorch (tools/reference/make_momentum_cmc.py), in fp64.</summary>
public sealed class MomentumCmcGoldenTests : TensorTest
{
    private static readonly int[] s_channels = [3, 7, 1, 3];

    [Fact]
    public void Three_steps_match_the_restated_original()
    {
        JsonElement golden = Golden.Open("momentum-cmc"), steps = golden.GetProperty("steps");
        (int count, int length, int side) = (golden.Whole("batch"), golden.Whole("memory"), golden.Whole("side"));
        MomentumCmcOptions options = new(HiddenFeatures: [.. golden.GetProperty("hidden").Longs().Select(static size => (int)size)], KeyFeatures: golden.Whole("dim"),
            MemoryLength: length, Temperature: golden.Number("temperature"), KeyMomentum: golden.Number("momentum"));
        using MocoSharp.Methods.MomentumCmc.MomentumCmc cmc = new(static () => EncoderRegistry.Create(new EncoderOptions("convnorm-resnet34", Width: 0.125)), options);
        FillWeights(cmc);
        cmc.ConvertTo(DType.Float64);
        FillMemories(cmc);
        using Adam adam = new(ParameterGroup.Of(cmc.Parameters(), 0, true), epsilon: 1e-7);
        double[] losses = [.. steps.GetProperty("losses").EnumerateArray().Select(static loss => loss.GetDouble())];
        for (int index = 0; index < losses.Length; index++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor[] views = [.. Enumerable.Range(0, 4).Select(view => Fill.Inputs($"cmc.step{index}.view{view}", count, s_channels[view], side, side).To(DType.Float64))];
            StepResult step = cmc.Step(new Batch(views, [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, index));
            Tolerance.Close(losses[index], step.Loss.ToDouble(), 1e-8 * losses[index], $"loss of step {index}");
            step.Loss.Backward();
            cmc.AfterBackward(step);
            adam.Update(golden.Number("rate"));
            cmc.AfterUpdate(default);
        }
        Dictionary<string, Tensor> state = cmc.State().ToDictionary(static item => item.Name, static item => item.Value);
        foreach (string network in new[] { "query", "key" })
            foreach (JsonProperty weight in steps.GetProperty(network).EnumerateObject())
                Tolerance.Close(weight.Value.GetDouble(), state[$"{network}.{weight.Name}"].Norm().ToDouble(), 1e-8 * weight.Value.GetDouble(), $"{network}.{weight.Name}");
        for (int view = 0; view < 4; view++)
            Tolerance.Close(steps.GetProperty("memory")[view].GetDouble(), cmc.Memory(view).Keys.Sum().ToDouble(), 1e-7, $"memory of view {view}");
    }

    private static void FillWeights(Method cmc)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Tensor value) in cmc.Parameters()) value.CopyFrom(Fill.Parameter(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], value.Shape));
    }

    private static void FillMemories(Method cmc)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        for (int view = 0; view < 4; view++)
        {
            Tensor keys = cmc.State().Single(item => item.Name == $"memory{view}.keys").Value;
            keys.CopyFrom(Functional.Normalize(Fill.Inputs($"cmc.memory{view}", keys.Size(0), keys.Size(1)).To(DType.Float64)));
        }
    }
}
