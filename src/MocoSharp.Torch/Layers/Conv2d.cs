namespace MocoSharp.Torch.Layers;

/// <summary>Two-dimensional convolution: [N, In, H, W] to [N, Out, H', W'].</summary>
/// <remarks>Weights stay fp32; a bf16 input is convolved in bf16 with the weights rounded, and their gradient comes back in fp32.</remarks>
public sealed class Conv2d : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly int _stride, _padding, _groups;

    /// <summary>Makes one with PyTorch's default weights.</summary>
    /// <param name="inputs">Channels in; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">Channels out; a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">Side of the kernel in pixels.</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros around the picture, in pixels.</param>
    /// <param name="groups">Blocks of channels that do not see each other.</param>
    /// <param name="bias">Whether a number is added to each channel.</param>
    public Conv2d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = true)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs % groups, 0, nameof(groups));
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs % groups, 0, nameof(groups));
        (_stride, _padding, _groups) = (stride, padding, groups);
        long fanIn = (long)inputs / groups * kernel * kernel;
        _weight = Parameter("weight", Initialization.UniformFanIn(Tensor.Empty([outputs, inputs / groups, kernel, kernel]), fanIn));
        if (bias) _bias = Parameter("bias", Initialization.UniformFanIn(Tensor.Empty([outputs]), fanIn));
    }

    /// <summary>[Out, In / groups, kernel, kernel].</summary>
    public Tensor Weight => _weight;

    /// <summary>Channels out.</summary>
    public int Outputs => (int)_weight.Shape[0];

    /// <summary>Applies it, and gives the input again for a second user (a residual block's shortcut), so that both gradients meet in one
    /// pass.</summary>
    public (Tensor Output, Tensor Input) Fork(Tensor x)
    {
        try
        {
            (Tensor output, Tensor input) = Functional.Conv2dFork(x, _weight, _bias, _stride, _padding, _groups);
            LayerTrace.Record(this, x, output);
            return (output, input);
        }
        catch (TorchException error) when (error.Within(Name))
        {
            throw;
        }
    }

    /// <summary><see cref="Fork"/>, and the output's moments for a batch norm in so many splits; see
    /// <see cref="Functional.Conv2dMoments"/>.</summary>
    internal (Tensor Output, Tensor Input, Tensor Moments) ForkWithMoments(Tensor x, int splits)
    {
        try
        {
            return Functional.Conv2dMoments(x, _weight, _bias, _stride, _padding, _groups, splits);
        }
        catch (TorchException error) when (error.Within(Name))
        {
            throw;
        }
    }

    /// <summary>Whether <see cref="ThroughNorm"/> serves.</summary>
    internal bool ReadsThroughNorm => _groups == 1 && _bias is null;

    /// <summary>convolution(relu(norm(x))) in training, and the output's moments in so many splits.</summary>
    internal (Tensor Output, Tensor Moments) ThroughNorm(Tensor x, Tensor moments, BatchNorm2d norm, int splits)
    {
        try
        {
            return norm.BeforeConvolution(x, moments, _weight, _stride, _padding, splits);
        }
        catch (TorchException error) when (error.Within(Name))
        {
            throw;
        }
    }

    /// <summary>[relu] (norm(convolution(x)) [+ residual]) by the norm's running statistics; without gradients.</summary>
    internal Tensor Normed(Tensor x, BatchNorm2d norm, Tensor? residual, bool relu)
    {
        try
        {
            return norm.AfterConvolution(x, _weight, _bias, _stride, _padding, _groups, residual, relu);
        }
        catch (TorchException error) when (error.Within(Name))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) =>
        Functional.Conv2d(x, _weight, _bias, _stride, _padding, _groups);
}
