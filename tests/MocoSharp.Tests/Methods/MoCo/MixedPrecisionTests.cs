using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MoCo;
using MoCoMethod = MocoSharp.Methods.MoCo.MoCo;

namespace MocoSharp.Tests.Methods.MoCo;

/// <summary>What bf16 does to a whole network's gradients, with every fast kernel on.</summary>
public sealed class MixedPrecisionTests(ITestOutputHelper output) : TensorTest
{
    // Rounding to eight bits turns a new network's gradient a little: PyTorch's autocast differs from fp32 by 23% of the norm on the first
    // of these networks.
    [Theory, InlineData("resnet18-small", 32, 1), InlineData("resnet18-small", 32, 4), InlineData("resnet18", 64, 1)]
    public void Gradients_in_bf16_have_the_norm_of_those_in_fp32_within_three_percent_and_nearly_their_direction(string encoder, int side,
        int splits)
    {
        Tensor query = Fill.Inputs("views", 32, 3, side, side).Contiguous(MemoryFormat.ChannelsLast),
            key = query.Flip(3).Contiguous(MemoryFormat.ChannelsLast);
        Tensor[] exact = Gradients(DType.Float32), rounded = Gradients(DType.BFloat16);
        double difference = Norm(exact.Zip(rounded, static (a, b) => a - b)), whole = Norm(exact), other = Norm(rounded);
        output.WriteLine($"norms {whole:g6} and {other:g6}, difference {difference / whole:p2}");
        Assert.InRange(other / whole, 0.97, 1.03);
        Assert.InRange(difference / whole, 0, 0.45);

        Tensor[] Gradients(DType type)
        {
            Runtime.Seed(7);
            using MoCoMethod moco = new(() => EncoderRegistry.Create(new EncoderOptions(encoder, BatchNormSplits: splits)),
                new MoCoOptions(QueueLength: 256));
            moco.Step(new Batch([query.To(type), key.To(type)], new int[32], new int[32], seed: 0, step: 0)).Loss.Backward();
            return [.. moco.Parameters().Where(static item => item.Value.RequiresGrad).Select(static item => item.Value.Grad!.Clone())];
        }
    }

    private static double Norm(IEnumerable<Tensor> tensors) => Math.Sqrt(tensors.Sum(static one => Math.Pow(one.Norm().ToDouble(), 2)));
}
