using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.DeepInfoMax;
using MocoSharp.Torch.Optim;
using DimMethod = MocoSharp.Methods.DeepInfoMax.DeepInfoMax;

namespace MocoSharp.Tests.Methods.DeepInfoMax;

/// <summary>Bounds and training steps against the authors' code, restated: rdevon/DIM at bac4765.</summary>
public sealed class DeepInfoMaxGoldenTests : TensorTest
{
    [Theory, InlineData(InformationBound.Jsd, "jsd"), InlineData(InformationBound.InfoNce, "infoNce"),
        InlineData(InformationBound.Dv, "dv")]
    public void A_bound_and_its_gradients_match_the_reference(InformationBound bound, string name)
    {
        JsonElement golden = Golden.Open("dim"), expected = golden.GetProperty("bounds").GetProperty(name);
        long[] shape = golden.GetProperty("scores").Longs();
        Tensor parts = Fill.Inputs("dim.parts", shape).To(DType.Float64),
            whole = Fill.Inputs("dim.whole", shape[0], shape[2]).To(DType.Float64);
        (parts.RequiresGrad, whole.RequiresGrad) = (true, true);
        Tensor loss = InformationLoss.Of(parts, whole, bound);
        loss.Backward();
        Tolerance.Close(expected.Number("loss"), loss.ToDouble(), 1e-9, "loss");
        expected.GetProperty("parts").HoldsSummary(parts.Grad!, 1e-6);
        expected.GetProperty("whole").HoldsSummary(whole.Grad!, 1e-6);
    }

    // fp32 alone: the discriminator's optimizer takes its weights as they are made
    [Theory, InlineData(InformationBound.Jsd, "jsd"), InlineData(InformationBound.InfoNce, "infoNce"),
        InlineData(InformationBound.Dv, "dv")]
    public void Two_steps_of_all_three_objectives_match_the_reference(InformationBound bound, string name)
    {
        JsonElement golden = Golden.Open("dim"), run = golden.GetProperty("runs").GetProperty(name);
        DeepInfoMaxOptions options = new(golden.Number("globalWeight"), golden.Number("localWeight"), golden.Number("priorWeight"), bound,
            golden.Whole("features"), golden.Whole("units"), DiscriminatorRate: golden.Number("discriminatorRate"));
        EncoderOptions encoder = new SizedEncoderOptions("dim-cnn", Width: golden.Number("width"), Side: golden.Whole("side"));
        using DimMethod dim = new(new MethodParts(encoder, pictures: 1), options);
        GoldenSteps.Fill(dim, gain: 1, static name => name);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(dim.Parameters(), weightDecay: 0, decayNormsAndBiases: true), momentum: 0);
        GoldenSteps.Run(dim, sgd, golden.Number("lr"), run, step => new GoldenBatch(step, golden), DType.Float32, (index, step) =>
        {
            PriorMatch matched = Assert.IsType<DeepInfoMaxStep>(step).Match!;
            double loss = Functional.NoGrad(() => dim.Prior!.DiscriminatorLoss(matched.Drawn, matched.Features)).ToDouble();
            GoldenSteps.CheckNumber(run.GetProperty("discriminatorLosses")[index],
                run.GetProperty("spread").GetProperty("discriminatorLosses")[index], loss, DType.Float32,
                $"discriminator's loss of step {index}");
        });
        GoldenSteps.CheckNorms(dim, run, static name => name, DType.Float32);
    }

    [Fact]
    public void The_discriminators_loss_and_its_gradients_match_the_reference_gradient_penalty_included()
    {
        JsonElement golden = Golden.Open("dim"), expected = golden.GetProperty("discriminator");
        (int count, int features) = (golden.Whole("batch"), golden.Whole("features"));
        using UniformPrior prior = new(features, rate: 1e-3);
        using (GradMode.Off())
            foreach ((string name, Tensor value) in prior.Parameters()) value.CopyFrom(Fill.Parameter($"prior.{name}", value.Shape));
        prior.ConvertTo(DType.Float64);
        foreach ((_, Tensor value) in prior.Parameters()) value.RequiresGrad = true;
        Tensor drawn = Tensor.From([.. GoldenSteps.Noise("dim.drawn", count * features, 1 << 24)
            .Select(static step => (double)step / (1 << 24))], count, features);
        Tensor loss = prior.DiscriminatorLoss(drawn, Functional.Sigmoid(Fill.Inputs("dim.features", count, features).To(DType.Float64)));
        Tolerance.Close(expected.Number("loss"), loss.ToDouble(), 1e-9, "loss");
        Assert.True(expected.Number("penalty") > 0.1, "the penalty must be seen");
        loss.Backward();
        foreach ((string name, Tensor value) in prior.Parameters())
            expected.GetProperty("gradients").GetProperty(name).HoldsSummary(value.Grad!, 1e-6);
    }

    private sealed class GoldenBatch(int step, JsonElement golden) : Batch(
        [GoldenSteps.Pictures($"step{step}.view", golden.Whole("batch"), 3, golden.Whole("side"), DType.Float32)],
        [.. Enumerable.Range(0, golden.Whole("batch"))], [.. Enumerable.Repeat(-1, golden.Whole("batch"))], 0, step)
    {
        private readonly string _noise = $"step{step}.noise";

        public override long[] Noise(int use, int each, int rows) => GoldenSteps.Noise(_noise, Count * each, rows);
    }
}
