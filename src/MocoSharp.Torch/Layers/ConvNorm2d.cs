namespace MocoSharp.Torch.Layers;

/// <summary>A convolution whose kernels have unit length: [N, In, H, W] to [N, Out, H / stride, W / stride] under a mirrored
/// border.</summary>
/// <remarks>Each use divides every output channel's kernel by its Euclidean length, and gradients flow through the division: a weight
/// normalization (Salimans and Kingma 2016, arXiv:1602.07868) without the learned length. It keeps activations in range where a network has
/// no batch norm. There is no bias. A drop-in for <see cref="Conv2d"/>; the border is <see cref="SymmetricPadding"/> and not
/// zeros.</remarks>
public sealed class ConvNorm2d : Layer
{
    private const double Epsilon = 1e-8;

    private readonly Tensor _weight;
    private readonly int _stride, _padding, _groups;

    /// <summary>Makes one with Glorot's uniform weights.</summary>
    /// <param name="inputs">Channels in; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">Channels out; a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">Side of the kernel in pixels, odd.</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="groups">Blocks of channels that do not see each other.</param>
    public ConvNorm2d(int inputs, int outputs, int kernel, int stride = 1, int groups = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kernel % 2, 1, nameof(kernel));
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs % groups, 0, nameof(groups));
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs % groups, 0, nameof(groups));
        (_stride, _padding, _groups) = (stride, kernel / 2, groups);
        _weight = Parameter("weight", Initialization.GlorotUniform(Tensor.Empty([outputs, inputs / groups, kernel, kernel])));
    }

    /// <summary>[Out, In / groups, kernel, kernel], before the division.</summary>
    public Tensor Weight => _weight;

    /// <summary>The kernels as they are used: each output channel's has length 1.</summary>
    public Tensor UnitWeight() => _weight / ((_weight * _weight).Sum([1, 2, 3], keepDim: true) + Epsilon).Sqrt();

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) =>
        Functional.Conv2d(SymmetricPadding.Around(x, _padding), UnitWeight(), bias: null, _stride, padding: 0, _groups);
}

/// <summary>A plain convolution under a mirrored border, with Glorot's uniform weights and biases of 0.</summary>
public sealed class SymmetricConv2d : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly int _stride, _padding, _groups;

    /// <inheritdoc cref="ConvNorm2d(int, int, int, int, int)"/>
    public SymmetricConv2d(int inputs, int outputs, int kernel, int stride = 1, int groups = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kernel % 2, 1, nameof(kernel));
        (_stride, _padding, _groups) = (stride, kernel / 2, groups);
        _weight = Parameter("weight", Initialization.GlorotUniform(Tensor.Empty([outputs, inputs / groups, kernel, kernel])));
        _bias = Parameter("bias", Tensor.Zeros([outputs]));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) =>
        Functional.Conv2d(SymmetricPadding.Around(x, _padding), _weight, _bias, _stride, padding: 0, _groups);
}
