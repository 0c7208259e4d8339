namespace MocoSharp.Torch.Layers;

/// <summary>max(0, x).</summary>
public sealed class Relu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.Relu(x);
}

/// <summary>x · sigmoid(x).</summary>
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.Silu(x);
}

/// <summary>Passes its input on.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => x;
}

/// <summary>[N, C, H, W] to [N, C · H · W].</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => x.Flatten(1);
}

/// <summary>The largest value of each window.</summary>
/// <param name="size">Side of the window in pixels.</param>
/// <param name="stride">Step in pixels.</param>
/// <param name="padding">Border that never wins, in pixels.</param>
public sealed class MaxPool2d(int size, int stride, int padding = 0) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.MaxPool2d(x, size, stride, padding);
}

/// <summary>The mean of each window.</summary>
/// <param name="size">Side of the window in pixels.</param>
/// <param name="stride">Step in pixels.</param>
/// <param name="padding">Zeros around the picture, in pixels; they count.</param>
/// <param name="ceiling">Whether a last window that reaches beyond the border is taken too; what is beyond does not count.</param>
public sealed class AveragePool2d(int size, int stride, int padding = 0, bool ceiling = false) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.AveragePool2d(x, size, stride, padding, ceiling);
}

/// <summary>The means over a grid of windows that cover the map: [N, C, H, W] to [N, C, size, size].</summary>
/// <param name="size">Windows a side.</param>
public sealed class AdaptiveAveragePool2d(int size) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.AdaptiveAveragePool2d(x, size);
}

/// <summary>The mean over the whole map: [N, C, H, W] to [N, C], in fp32 or, where the map is, in fp64.</summary>
public sealed class GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.GlobalAverage(x);
}
