using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>EfficientNet-B0 in TensorFlow's form, without its classifier.</summary>
/// <remarks>Tan and Le 2019, arXiv:1905.11946. Names and shapes are timm's <c>tf_efficientnet_b0_ns</c> (timm/models/efficientnet.py at
/// aa4b585), so its weights load: TensorFlow's padding, which puts an odd pixel behind, and batch norm with ε 1e-3. No drop-path.</remarks>
public sealed class EfficientNet : Encoder
{
    private const double Epsilon = 1e-3;

    // repeats, kernel, stride, expansion, channels of the seven stages
    private static readonly (int Repeats, int Kernel, int Stride, int Expansion, int Channels)[] s_stages =
        [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)];

    private EfficientNet(EncoderOptions options) : base(options)
    {
        int channels = Rounded(32, options.Width), stride = 2;
        SameConv stem = Register("conv_stem", new SameConv(options.Channels, channels, 3, 2));
        BatchNorm2d stemNorm = Register("bn1", Norm(channels, options));
        AddStage("stem", channels, stride, x => Functional.Silu(stemNorm.Forward(stem.Forward(x))));
        Sequential blocks = new();
        for (int i = 0; i < s_stages.Length; i++)
        {
            (int repeats, int kernel, int step, int expansion, int wanted) = s_stages[i];
            int outputs = Rounded(wanted, options.Width);
            Sequential stage = new();
            for (int block = 0; block < repeats; block++)
            {
                stage.Add(new Block(channels, outputs, kernel, block == 0 ? step : 1, expansion, options));
                channels = outputs;
            }
            blocks.Add(stage);
            stride *= step;
            AddStage($"blocks.{i}", channels, stride, stage.Forward, [stage]);
        }
        Register("blocks", blocks);
        int features = Rounded(1280, options.Width);
        SameConv head = Register("conv_head", new SameConv(channels, features, 1, 1));
        BatchNorm2d headNorm = Register("bn2", Norm(features, options));
        AddStage("head", features, stride, x => Functional.Silu(headNorm.Forward(head.Forward(x))), [head, headNorm]);
    }

    [Encoder("efficientnet-b0")]
    internal static Encoder B0(EncoderOptions options) => new EfficientNet(options);

    /// <summary>Channels in steps of 8, at least 8 and at least 90% of what was asked for.</summary>
    private static int Rounded(int channels, double width)
    {
        double wanted = channels * width;
        int rounded = Math.Max(8, (int)(wanted + 4) / 8 * 8);
        return rounded < 0.9 * wanted ? rounded + 8 : rounded;
    }

    private static BatchNorm2d Norm(int channels, EncoderOptions options) =>
        options.BatchNormSplits == 1 ? new BatchNorm2d(channels, epsilon: Epsilon)
            : new SplitBatchNorm2d(channels, options.BatchNormSplits, Epsilon);

    /// <summary>A convolution whose map has ⌈side / stride⌉ pixels; where the zeros around it are odd in number, one more is
    /// behind.</summary>
    private sealed class SameConv : Layer
    {
        private readonly Tensor _weight;
        private readonly int _kernel, _stride, _groups;

        internal SameConv(int inputs, int outputs, int kernel, int stride, int groups = 1)
        {
            (_kernel, _stride, _groups) = (kernel, stride, groups);
            _weight = Parameter("weight", Tensor.Empty([outputs, inputs / groups, kernel, kernel]));
            using GradMode off = GradMode.Off();
            _weight.NormalInPlace(0, Math.Sqrt(2.0 / (kernel * kernel * outputs / groups)));
        }

        protected override Tensor Compute(Tensor x)
        {
            int rows = Zeros(x.Size(2)), columns = Zeros(x.Size(3));
            if (rows == columns && rows % 2 == 0) return Functional.Conv2d(x, _weight, null, _stride, rows / 2, _groups);
            Tensor padded = Functional.Pad(x, left: columns / 2, right: columns - columns / 2, above: rows / 2, below: rows - rows / 2);
            return Functional.Conv2d(padded, _weight, null, _stride, 0, _groups);
        }

        /// <summary>How many zeros an axis wants in all.</summary>
        private int Zeros(long side) => (int)Math.Max((side + _stride - 1) / _stride * _stride - _stride + _kernel - side, 0);
    }

    /// <summary>Weighs channels by what the whole map holds of them.</summary>
    private sealed class SqueezeExcite : Layer
    {
        private readonly Conv2d _reduce, _expand;

        internal SqueezeExcite(int channels, int reduced)
        {
            _reduce = Register("conv_reduce", new Conv2d(channels, reduced, 1));
            _expand = Register("conv_expand", new Conv2d(reduced, channels, 1));
            using GradMode off = GradMode.Off();
            foreach ((_, Tensor value) in _reduce.Parameters().Concat(_expand.Parameters()))
                if (value.Rank > 1) Initialization.KaimingNormalFanOut(value);
                else value.ZeroInPlace();
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor mean = x.Mean([2, 3], keepDim: true);
            return x * Functional.Sigmoid(_expand.Forward(Functional.Silu(_reduce.Forward(mean))));
        }
    }

    /// <summary>Expand by a 1×1 convolution (not where the expansion is 1), filter each channel, weigh channels, project.</summary>
    private sealed class Block : Layer
    {
        private readonly SameConv? _expand;
        private readonly SameConv _depthwise, _project;
        private readonly BatchNorm2d _norm1, _norm2;
        private readonly BatchNorm2d? _norm3;
        private readonly SqueezeExcite _weigh;
        private readonly bool _adds;

        internal Block(int inputs, int outputs, int kernel, int stride, int expansion, EncoderOptions options)
        {
            int inner = inputs * expansion, reduced = Math.Max(1, (int)Math.Round(inputs * 0.25));
            if (expansion == 1)
            {
                _depthwise = Register("conv_dw", new SameConv(inner, inner, kernel, stride, groups: inner));
                _norm1 = Register("bn1", Norm(inner, options));
                _weigh = Register("se", new SqueezeExcite(inner, reduced));
                _project = Register("conv_pw", new SameConv(inner, outputs, 1, 1));
                _norm2 = Register("bn2", Norm(outputs, options));
            }
            else
            {
                _expand = Register("conv_pw", new SameConv(inputs, inner, 1, 1));
                _norm1 = Register("bn1", Norm(inner, options));
                _depthwise = Register("conv_dw", new SameConv(inner, inner, kernel, stride, groups: inner));
                _norm2 = Register("bn2", Norm(inner, options));
                _weigh = Register("se", new SqueezeExcite(inner, reduced));
                _project = Register("conv_pwl", new SameConv(inner, outputs, 1, 1));
                _norm3 = Register("bn3", Norm(outputs, options));
            }
            _adds = stride == 1 && inputs == outputs;
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor map = _expand is null ? x : Functional.Silu(_norm1.Forward(_expand.Forward(x)));
            map = Functional.Silu((_expand is null ? _norm1 : _norm2).Forward(_depthwise.Forward(map)));
            map = (_norm3 ?? _norm2).Forward(_project.Forward(_weigh.Forward(map)));
            return _adds ? map + x : map;
        }
    }
}
