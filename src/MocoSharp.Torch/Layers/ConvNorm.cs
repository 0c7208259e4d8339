namespace MocoSharp.Torch.Layers;

/// <summary>A convolution with the batch norm behind it, run together. In training, where the convolution has the sums of its map at hand,
/// the norm does not read the map for them; in evaluation without gradients, the norm is applied while the convolution writes.</summary>
/// <remarks>It owns neither of the two, so that weights keep the names that their owner gives them.</remarks>
/// <param name="convolution">Runs first.</param>
/// <param name="norm">Takes the convolution's channels.</param>
public sealed class ConvNorm(Conv2d convolution, BatchNorm2d norm)
{
    /// <summary>norm(convolution(x)).</summary>
    /// <param name="x">[N, In, H, W].</param>
    public Tensor Forward(Tensor x) => Run(x, null, relu: false).Output;

    /// <summary>relu(norm(convolution(x)) [+ residual]).</summary>
    /// <param name="x">[N, In, H, W].</param>
    /// <param name="residual">Added before the ReLU; of the shape and type of the map.</param>
    public Tensor ForwardRelu(Tensor x, Tensor? residual = null) => Run(x, residual, relu: true).Output;

    /// <summary>The same of relu(norm(map)), which is normalized as it is read where that is faster.</summary>
    /// <param name="x">[N, In, H, W].</param>
    /// <param name="residual">Added before the ReLU; of the shape and type of the map.</param>
    public Tensor ForwardRelu(NormedMap x, Tensor? residual = null)
    {
        if (!norm.Training || LayerTrace.IsOn) return ForwardRelu(x.ToTensor(), residual);
        (Tensor map, Tensor moments) = x.Convolved(convolution, norm.Splits);
        return norm.Apply(map, moments, residual, relu: true);
    }

    /// <summary>relu(norm(convolution(x))) for a convolution behind it, and x again for a second user such as a block's shortcut: both
    /// gradients of x meet in one pass.</summary>
    /// <param name="x">[N, In, H, W].</param>
    public (NormedMap Output, Tensor Input) ForkRelu(Tensor x)
    {
        if (!norm.Training || LayerTrace.IsOn)
        {
            (Tensor output, Tensor input) = Run(x, null, relu: true);
            return (new NormedMap(output), input);
        }
        (Tensor map, Tensor same, Tensor moments) = convolution.ForkWithMoments(x, norm.Splits);
        return (new NormedMap(map, moments, norm), same);
    }

    private (Tensor Output, Tensor Input) Run(Tensor x, Tensor? residual, bool relu)
    {
        if (!norm.Training && !LayerTrace.IsOn && !GradMode.IsOn) return (convolution.Normed(x, norm, residual, relu), x);
        if (!norm.Training)
        {
            (Tensor plain, Tensor input) = convolution.Fork(x);
            Tensor output = norm.Apply(plain, null, residual, relu);
            plain.Dispose();
            return (output, input);
        }
        (Tensor map, Tensor same, Tensor moments) = convolution.ForkWithMoments(x, norm.Splits);
        return (norm.Apply(map, moments, residual, relu), same);
    }
}
