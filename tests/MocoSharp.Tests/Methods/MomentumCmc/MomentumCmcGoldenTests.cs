using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods.MomentumCmc;

/// <summary>Steps of both architectures, both heads and both losses against a restatement of the original in PyTorch
/// (tools/reference/make_momentum_cmc.py), in fp64.</summary>
public sealed class MomentumCmcGoldenTests : TensorTest
{
    private static readonly int[] s_channels = [3, 7, 1, 3];

    [Fact]
    public void Three_steps_match_the_restated_original()
    {
        JsonElement golden = Golden.Open("momentum-cmc"), steps = golden.GetProperty("steps");
        (int count, int length, int side) = (golden.Whole("batch"), golden.Whole("memory"), golden.Whole("side"));
        MomentumCmcOptions options = new(HiddenFeatures: [.. golden.GetProperty("hidden").Longs().Select(static size => (int)size)],
            KeyFeatures: golden.Whole("dim"),
            MemoryLength: length, Temperature: golden.Number("temperature"), KeyMomentum: golden.Number("momentum"));
        using MocoSharp.Methods.MomentumCmc.MomentumCmc cmc = new(static () =>
            EncoderRegistry.Create(new EncoderOptions("convnorm-resnet34", Width: 0.125)), options);
        Begin(cmc);
        using Adam adam = new(ParameterGroup.Of(cmc.Parameters(), 0, true), epsilon: 1e-7);
        double[] losses = [.. steps.GetProperty("losses").EnumerateArray().Select(static loss => loss.GetDouble())];
        for (int index = 0; index < losses.Length; index++)
        {
            using TensorScope scope = TensorScope.Begin();
            MomentumCmcStep step = cmc.Step(Scenes(index, count, side));
            Tolerance.Close(losses[index], step.Loss.ToDouble(), 1e-8 * losses[index], $"loss of step {index}");
            step.Loss.Backward();
            cmc.AfterBackward(step);
            adam.Update(golden.Number("rate"));
            cmc.AfterUpdate(default);
        }
        CheckEnd(cmc, steps);
    }

    // the original's first version had a network a view and no loss within the batch; InfoNCE is ours alone
    [Theory, InlineData("infoNce"), InlineData("attention"), InlineData("first")]
    public void A_step_of_another_loss_head_or_architecture_has_the_loss_gradients_and_weights_of_its_restatement(string variant)
    {
        JsonElement golden = Golden.Open("momentum-cmc"), run = golden.GetProperty("variants").GetProperty(variant);
        int count = golden.Whole("batch");
        bool isFirst = variant == "first";
        MomentumCmcOptions options = new(Sharing: isFirst ? ViewSharing.None : ViewSharing.Core,
            Head: variant switch { "first" => ViewHeadKind.None, "attention" => ViewHeadKind.Attention, _ => ViewHeadKind.Mlp },
            HiddenFeatures: [.. golden.GetProperty("hidden").Longs().Select(static size => (int)size)],
            AttentionHeads: golden.Whole("attentionHeads"),
            KeyFeatures: golden.Whole(isFirst ? "embedding" : "dim"), Loss: variant == "infoNce" ? ContrastKind.InfoNce : ContrastKind.Nce,
            IntraBatch: !isFirst,
            MemoryLength: golden.Whole("memory"), Temperature: golden.Number("temperature"), KeyMomentum: golden.Number("momentum"));
        EncoderOptions encoder = new(isFirst ? "convnorm-first" : "convnorm-resnet34", Width: 0.125);
        using MocoSharp.Methods.MomentumCmc.MomentumCmc cmc = new(() => EncoderRegistry.Create(encoder), options);
        Begin(cmc);
        using Adam adam = new(ParameterGroup.Of(cmc.Parameters(), 0, true), epsilon: 1e-7);
        MomentumCmcStep step = cmc.Step(Scenes(0, count, golden.Whole("variantSide")));
        double loss = run.GetProperty("losses")[0].GetDouble();
        Tolerance.Close(loss, step.Loss.ToDouble(), 1e-9 * loss, "loss");
        step.Loss.Backward();
        Dictionary<string, Tensor> weights = cmc.Parameters().ToDictionary(static item => item.Name, static item => item.Value);
        foreach (JsonProperty gradient in run.GetProperty("gradients").EnumerateObject())
            gradient.Value.HoldsSummary(weights[$"query.{gradient.Name}"].Grad!, 1e-6);
        cmc.AfterBackward(step);
        adam.Update(golden.Number("rate"));
        cmc.AfterUpdate(default);
        CheckEnd(cmc, run);
    }

    private static void Begin(Method cmc)
    {
        FillWeights(cmc);
        cmc.ConvertTo(DType.Float64);
        FillMemories(cmc);
    }

    private static Batch Scenes(int step, int count, int side) => new(
        [.. Enumerable.Range(0, 4).Select(view => Fill.Inputs($"cmc.step{step}.view{view}", count, s_channels[view], side, side)
        .To(DType.Float64))],
        [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, step);

    private static void CheckEnd(MocoSharp.Methods.MomentumCmc.MomentumCmc cmc, JsonElement run)
    {
        Dictionary<string, Tensor> state = cmc.State().ToDictionary(static item => item.Name, static item => item.Value);
        foreach (string network in new[] { "query", "key" })
            foreach (JsonProperty weight in run.GetProperty(network).EnumerateObject())
                Tolerance.Close(weight.Value.GetDouble(), state[$"{network}.{weight.Name}"].Norm().ToDouble(),
                    1e-8 * weight.Value.GetDouble(), $"{network}.{weight.Name}");
        for (int view = 0; view < 4; view++)
            Tolerance.Close(run.GetProperty("memory")[view].GetDouble(), cmc.Memory(view).Keys.Sum().ToDouble(), 1e-7,
                $"memory of view {view}");
    }

    private static void FillWeights(Method cmc)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Tensor value) in cmc.Parameters())
            value.CopyFrom(Fill.Parameter(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], value.Shape));
    }

    private static void FillMemories(Method cmc)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        for (int view = 0; view < 4; view++)
        {
            Tensor keys = cmc.State().Single(item => item.Name == $"memory{view}.keys").Value;
            keys.CopyFrom(Fill.Directions($"cmc.memory{view}", keys.Size(0), keys.Size(1)));
        }
    }
}
