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
        double forward = type == DType.Float32 ? 5e-6 : 1e-2;       // the map between is rounded to bf16 only where it is written
        Close(expected[0], actual[0], forward);
        for (int i = 1; i < expected.Length; i++) Close(expected[i], actual[i], type == DType.Float32 ? 1e-5 : 1e-2);
        using GradMode off = GradMode.Off();
        Close(apart.Run(x, up, written: true)[0], through.Run(x, up, written: false)[0], forward);
    }

    private static void Close(Tensor expected, Tensor actual, double share)
    {
        double scale = Float(expected).Abs().Max().ToDouble();
        Tolerance.Close(Float(expected) / scale, Float(actual) / scale, share);
    }

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
