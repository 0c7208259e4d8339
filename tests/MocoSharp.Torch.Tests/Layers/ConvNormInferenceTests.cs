using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

/// <summary>A convolution and the norm behind it without gradients, where one kernel does both, against double precision.</summary>
public sealed class ConvNormInferenceTests : TensorTest
{
    private static readonly string s_highest = Kernels.Level;

    public static TheoryData<string, string, DType> Kinds()
    {
        TheoryData<string, string, DType> kinds = [];
        foreach (string level in Kernels.Levels.TakeWhile(static l => l != s_highest).Append(s_highest).Where(Kernels.Levels.Contains))
        {
            foreach (string implementation in (string[])["library", "columns", "winograd", "winograd4"])
                kinds.Add(level, implementation, DType.Float32);
            foreach (string implementation in (string[])["library", "tiles", "winograd"])
                kinds.Add(level, implementation, DType.BFloat16);
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Is_what_double_precision_gives(string level, string implementation, DType type)
    {
        (Kernels.Level, Kernels.Convolutions) = (level, implementation);
        double allowed = type == DType.BFloat16 ? 2e-2 : 1e-5;
        foreach ((int inputs, int outputs, int kernel, int stride, int groups) in
            ((int, int, int, int, int)[])[(16, 48, 3, 1, 1), (32, 24, 1, 1, 1), (3, 16, 7, 2, 1), (48, 96, 1, 2, 1), (24, 24, 3, 1, 3)])
        {
            foreach ((bool relu, bool isAdded) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
            {
                using GradMode off = GradMode.Off();
                using Pair pair = new(inputs, outputs, kernel, stride, groups);
                (Conv2d conv, BatchNorm2d norm) = pair;
                Tensor x = Tensor.RandomNormal([3, inputs, 13, 10]).To(type).Contiguous(MemoryFormat.ChannelsLast);
                Tensor map = norm.Forward(Functional.Conv2d(x.To(DType.Float64), conv.Weight.To(type).To(DType.Float64), null, stride,
                    kernel / 2, groups).To(DType.Float32)).To(DType.Float64);
                Tensor? residual = isAdded ? Tensor.RandomNormal(map.Shape).To(type) : null;
                if (residual is not null) map += residual.To(DType.Float64);
                Tensor exact = relu ? Functional.Relu(map) : map;
                Tensor ours = relu ? new ConvNorm(conv, norm).ForwardRelu(x, residual)
                    : isAdded ? conv.Normed(x, norm, residual, relu: false) : new ConvNorm(conv, norm).Forward(x);
                Assert.Equal(type, ours.DType);
                double error = (ours.To(DType.Float64) - exact).Norm().ToDouble() / exact.Norm().ToDouble();
                Assert.True(error <= allowed, $"{inputs} to {outputs}, kernel {kernel}, relu {relu}, residual {isAdded}: {error:e1} off");
            }
        }
    }

    [Fact]
    public void A_NaN_passes_the_rectifier()
    {
        using GradMode off = GradMode.Off();
        foreach (string implementation in (string[])["library", "columns", "winograd", "winograd4"])
        {
            Kernels.Convolutions = implementation;
            using Pair pair = new(16, 16, 3, 1, 1);
            Tensor y = new ConvNorm(pair.Conv, pair.Norm).ForwardRelu(Tensor.RandomNormal([1, 16, 8, 8]) * double.NaN);
            Assert.All(y.AsSpan<float>().ToArray(), static value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void The_operator_has_no_gradient_and_says_so()
    {
        using Pair pair = new(16, 16, 3, 1, 1);
        TorchException error = Assert.Throws<TorchException>(() =>
            pair.Conv.Normed(Tensor.Ones([1, 16, 8, 8]), pair.Norm, null, relu: true));
        Assert.Contains("has no gradient", error.Message, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        (Kernels.Level, Kernels.Convolutions) = ("auto", "auto");
        base.Dispose(disposing);
    }

    /// <summary>A convolution and a norm that has seen some maps.</summary>
    private sealed class Pair : IDisposable
    {
        internal Pair(int inputs, int outputs, int kernel, int stride, int groups)
        {
            using GradMode off = GradMode.Off();
            Conv = new Conv2d(inputs, outputs, kernel, stride, kernel / 2, groups, bias: false);
            Norm = new BatchNorm2d(outputs);
            for (int i = 0; i < 5; i++) Norm.Forward((Tensor.RandomNormal([4, outputs, 5, 5]) * 2) + 0.3);
            Norm.Weight.CopyFrom(Tensor.RandomNormal([outputs]) + 1);
            Norm.Train(false);
        }

        internal Conv2d Conv { get; }

        internal BatchNorm2d Norm { get; }

        internal void Deconstruct(out Conv2d conv, out BatchNorm2d norm) => (conv, norm) = (Conv, Norm);

        public void Dispose()
        {
            Conv.Dispose();
            Norm.Dispose();
        }
    }
}
