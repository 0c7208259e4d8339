using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods.LeJepa;
using MocoSharp.Torch.Optim;
using LeJepaMethod = MocoSharp.Methods.LeJepa.LeJepa;

namespace MocoSharp.Tests.Methods.LeJepa;

/// <summary>LeJEPA against its authors' test of normality and training loop, and what the mathematics demands.</summary>
public sealed class LeJepaTests : TensorTest
{
    [Theory, InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Two_steps_match_the_original(DType precision)
    {
        JsonElement golden = Golden.Open("lejepa"), run = golden.GetProperty("steps");
        using LeJepaMethod lejepa = new(() => EncoderRegistry.Create(new EncoderOptions("resnet18-small")), new LeJepaOptions(
            GlobalViews: 2, golden.Number("weight"), golden.Whole("dim"), golden.Whole("hidden"), golden.Whole("directions")));
        GoldenSteps.Fill(lejepa, golden.Number("gain"), Reference);
        lejepa.ConvertTo(precision);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(lejepa.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        GoldenSteps.Run(lejepa, sgd, golden.Number("lr"), run, step => GoldenSteps.Crops(golden, step, 2, 2, precision), precision,
            (index, step) =>
            {
                if (precision != DType.Float64) return;
                double[] parts = [.. run.GetProperty("parts")[index].EnumerateArray().Select(static part => part.GetDouble())];
                Assert.Equal(parts[0], step.Measures!["invariance_loss"], tolerance: 1e-9 * parts[0]);
                Assert.Equal(parts[1], step.Measures!["normality_loss"], tolerance: 1e-9 * parts[1]);
            });
        GoldenSteps.CheckNorms(lejepa, run, Reference, precision);
    }

    [Fact]
    public void The_statistic_is_the_originals()
    {
        Tensor numbers = Fill.Inputs("numbers", 2, 40, 3).To(DType.Float64);
        foreach (JsonElement golden in Golden.Open("lejepa").GetProperty("statistics").EnumerateArray())
        {
            double[] actual = new EppsPulley(golden.Whole("knots"), golden.Number("reach")).Statistic(numbers).View(-1).ToArray<double>();
            foreach ((JsonElement expected, double own) in golden.GetProperty("statistic").EnumerateArray().Zip(actual))
                Assert.Equal(expected.GetDouble(), own, tolerance: 1e-9 * expected.GetDouble());
        }
    }

    // √(2π) (1 − √2 + 1/√3) is the integral over the whole line
    [Theory, InlineData(17, 3, 0.40205), InlineData(9, 5, 0.40892), InlineData(1000, 12, 0.408917)]
    public void Numbers_that_are_all_0_have_the_statistic_of_a_point(int knots, double reach, double expected) => Assert.Equal(expected,
        new EppsPulley(knots, reach).Statistic(Tensor.Zeros([1, 50, 1], DType.Float64)).Mean().ToDouble() / 50, tolerance: 1e-5);

    [Theory, InlineData(64), InlineData(512)]
    public void Normal_numbers_have_a_statistic_of_about_1_whatever_their_number(int count)
    {
        Runtime.Seed(3);
        Assert.Equal(1.0525, new EppsPulley(17, 3).Statistic(Tensor.RandomNormal([1, count, 2000])).Mean().ToDouble(), tolerance: 0.08);
    }

    [Fact]
    public void A_shift_and_a_stretch_raise_the_statistic()
    {
        Runtime.Seed(4);
        EppsPulley test = new(17, 3);
        Tensor normal = Tensor.RandomNormal([1, 256, 64]);
        double own = test.Statistic(normal).Mean().ToDouble();
        Assert.True(test.Statistic(normal + 0.3).Mean().ToDouble() > 3 * own);
        Assert.True(test.Statistic(normal * 2).Mean().ToDouble() > 3 * own);
    }

    [Fact]
    public void Equal_views_agree_and_each_batch_has_directions_of_its_own()
    {
        using LeJepaMethod lejepa = new(() => EncoderRegistry.Create(Tiny.EncoderOptions), new LeJepaOptions(HiddenFeatures: 16));
        using GradMode off = GradMode.Off();
        Tensor view = Tiny.Batch().View(0);
        MocoSharp.Methods.Batch Same(long step) => new([view, view, view], [.. Enumerable.Range(0, 8)], new int[8], 1, step);
        Assert.Equal(0, lejepa.Step(Same(0)).Measures!["invariance_loss"], tolerance: 1e-9);
        Assert.Equal(lejepa.Step(Same(0)).Loss.ToDouble(), lejepa.Step(Same(0)).Loss.ToDouble());
        Assert.NotEqual(lejepa.Step(Same(0)).Measures!["normality_loss"], lejepa.Step(Same(1)).Measures!["normality_loss"]);
    }

    private static string Reference(string name) => name.Replace("network.", "", StringComparison.Ordinal);
}
