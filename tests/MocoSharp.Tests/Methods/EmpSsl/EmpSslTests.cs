using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods.EmpSsl;
using MocoSharp.Torch.Optim;
using EmpSslMethod = MocoSharp.Methods.EmpSsl.EmpSsl;

namespace MocoSharp.Tests.Methods.EmpSsl;

/// <summary>EMP-SSL against its authors' losses, and what the mathematics demands.</summary>
public sealed class EmpSslTests : TensorTest
{
    [Theory, InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Two_steps_match_the_original(DType precision)
    {
        JsonElement golden = Golden.Open("emp-ssl"), run = golden.GetProperty("steps");
        int patches = golden.Whole("patches");
        using EmpSslMethod emp = new(() => EncoderRegistry.Create(new EncoderOptions("resnet18-small")), new EmpSslOptions(
            golden.Number("weight"), golden.Number("epsilon"), golden.Whole("dim"), golden.Whole("hidden")));
        GoldenSteps.Fill(emp, golden.Number("gain"), Reference);
        emp.ConvertTo(precision);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(emp.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        GoldenSteps.Run(emp, sgd, golden.Number("lr"), run, step => GoldenSteps.Crops(golden, step, patches, 0, precision), precision,
            (index, step) =>
            {
                if (precision != DType.Float64) return;
                double[] parts = [.. run.GetProperty("parts")[index].EnumerateArray().Select(static part => part.GetDouble())];
                Assert.Equal(parts[0], step.Measures!["agreement"], tolerance: 1e-9);
                Assert.Equal(-parts[1], step.Measures!["coding_loss"], tolerance: 1e-9 * parts[1]);
            });
        GoldenSteps.CheckNorms(emp, run, Reference, precision);
    }

    // 4.2706 for vectors that are all alike, and 197.754 for orthogonal ones: 100 pictures, 1,024 numbers, ε² 0.2
    [Fact]
    public void The_coding_rate_of_equal_and_of_orthogonal_vectors_is_known()
    {
        Tensor place = Tensor.Arange(1024);
        Tensor identity = place.Unsqueeze(0).EqualTo(place.Unsqueeze(1)).To(DType.Float64);
        Tensor equal = identity.Narrow(0, 0, 1).Expand(100, -1).Unsqueeze(0), orthogonal = identity.Narrow(0, 0, 100).Unsqueeze(0);
        Assert.Equal(4.2706, CodingRate.Of(equal, 0.2).Mean().ToDouble(), tolerance: 1e-4);
        Assert.Equal(197.754, CodingRate.Of(orthogonal, 0.2).Mean().ToDouble(), tolerance: 1e-3);
    }

    [Fact]
    public void The_determinant_is_that_of_the_wide_matrix()
    {
        Tensor z = Tiny.UnitRows("z", 5, 3).To(DType.Float64);              // more vectors than dimensions
        double rate = CodingRate.Of(z.Unsqueeze(0), 0.2).Mean().ToDouble();
        Tensor wide = z.T.MatMul(z) * (3 / (5 * 0.2));
        Tensor place = Tensor.Arange(3);
        Assert.Equal((wide + place.Unsqueeze(0).EqualTo(place.Unsqueeze(1)).To(DType.Float64)).LogDeterminant().ToDouble() / 2, rate,
            tolerance: 1e-9);
    }

    [Fact]
    public void Patches_that_are_all_alike_agree_wholly()
    {
        using EmpSslMethod emp = new(() => EncoderRegistry.Create(Tiny.EncoderOptions), new EmpSslOptions(HiddenFeatures: 16));
        using GradMode off = GradMode.Off();
        Tensor view = Tiny.Batch().View(0);
        Assert.Equal(1, emp.Step(new([view, view, view], [.. Enumerable.Range(0, 8)], new int[8], 1, 0)).Measures!["agreement"],
            tolerance: 1e-5);
    }

    [Fact]
    public void One_picture_a_batch_is_refused() =>
        Assert.Equal("training.batchSize", Assert.Throws<OptionException>(() => new EmpSslOptions().Check(1)).Option);

    private static string Reference(string name) => name.Replace("network.", "", StringComparison.Ordinal);
}
