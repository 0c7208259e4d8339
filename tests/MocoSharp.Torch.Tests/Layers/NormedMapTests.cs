using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

/// <summary>A convolution that reads its map through the norm before it, against the two one after the other.</summary>
public sealed class NormedMapTests : TensorTest
{
    private const int Samples = 6, Inputs = 16, Inner = 32, Outputs = 48;

    public static TheoryData<string, DType, int, int> Kinds()
    {
        TheoryData<string, DType, int, int> kinds = [];
        foreach (string implementation in (string[])["winograd", "winograd4", "columns", "library", "tiles"])
        {
            foreach (int splits in (int[])[1, 3])
            {
                kinds.Add(implementation, DType.Float32, splits, 1);
                kinds.Add(implementation, DType.Float32, splits, 2);
                kinds.Add(implementation, DType.BFloat16, splits, 1);
            }
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void It_is_the_map_written_and_then_convolved(string implementation, DType type, int splits, int stride)
    {
        Kernels.Convolutions = implementation;
        using Pair through = new(splits, stride), apart = new(splits, stride);
        Tensor x = Fill.Inputs("x", Samples, Inputs, 11, 10).Contiguous(MemoryFormat.ChannelsLast).To(type);
        Tensor up = Fill.Inputs("up", Samples, Outputs, stride == 1 ? 11 : 6, stride == 1 ? 10 : 5).To(type);

        Tensor[] expected = apart.Run(x, up, written: true), actual = through.Run(x, up, written: false);
        using Pair precise = new(splits, stride);
        Tensor[] exact = precise.Run(x.To(DType.Float32), up.To(DType.Float32), written: true);
        for (int i = 0; i < expected.Length; i++) Holds(type, exact[i], expected[i], actual[i]);
        using GradMode off = GradMode.Off();
        Holds(type, precise.Run(x.To(DType.Float32), up.To(DType.Float32), written: true)[0], apart.Run(x, up, written: true)[0],
            through.Run(x, up, written: false)[0]);
    }

    /// <summary>fp32: the same numbers. bf16: no further from fp32, since the map between is rounded only where it is written.</summary>
    private static void Holds(DType type, Tensor exact, Tensor written, Tensor through)
    {
        if (type == DType.Float32) Assert.InRange(Distance(written, through), 0, 1e-5);
        else Assert.InRange(Distance(exact, through), 0, (1.2 * Distance(exact, written)) + 1e-3);
    }

    private static double Distance(Tensor from, Tensor to) =>
        (Float(from) - Float(to)).Norm().ToDouble() / Float(from).Norm().ToDouble();

    private static Tensor Float(Tensor tensor) => tensor.Detach().To(DType.Float32).Contiguous();

    protected override void Dispose(bool disposing)
    {
        Kernels.Convolutions = "auto";
        base.Dispose(disposing);
    }

    /// <summary>Two convolutions with their norms, as a residual block has them.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly Conv2d _first = Fill.Module(new Conv2d(Inputs, Inner, 3, padding: 1, bias: false)), _second;
        private readonly BatchNorm2d _between, _last;

        internal Pair(int splits, int stride)
        {
            _second = Fill.Module(new Conv2d(Inner, Outputs, 3, stride, padding: 1, bias: false));
            _between = Fill.Module(new SplitBatchNorm2d(Inner, splits));
            _last = Fill.Module(new SplitBatchNorm2d(Outputs, splits));
        }

        /// <summary>The output, then all gradients and running statistics.</summary>
        internal Tensor[] Run(Tensor x, Tensor up, bool written)
        {
            ConvNorm first = new(_first, _between), second = new(_second, _last);
            Tensor input = x.Detach();
            input.RequiresGrad = GradMode.IsOn;
            (NormedMap map, _) = first.ForkRelu(input);
            Tensor y = written ? second.ForwardRelu(map.ToTensor()) : second.ForwardRelu(map);
            if (!GradMode.IsOn) return [y];
            y.Backward(up);
            return [y, input.Grad!, .. new Layer[] { _first, _between, _second, _last }
                .SelectMany(static layer => layer.Parameters().Select(static one => one.Value.Grad!)
                    .Concat(layer.Buffers().Where(static one => one.Name.StartsWith("running", StringComparison.Ordinal))
                        .Select(static one => one.Value)))];
        }

        public void Dispose()
        {
            foreach (Layer layer in new Layer[] { _first, _between, _second, _last }) layer.Dispose();
        }
    }
}
