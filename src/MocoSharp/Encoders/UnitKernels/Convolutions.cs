using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders.UnitKernels;

/// <summary>Which convolutions a network without batch norm is made of.</summary>
internal enum Convolutions
{
    /// <summary>Kernels of unit length.</summary>
    Normalized,

    /// <summary>Plain ones, to see what the normalization is worth.</summary>
    Plain,
}

/// <summary>Makes convolutions.</summary>
internal static class ConvolutionsExtensions
{
    internal static Layer Make(this Convolutions kind, int inputs, int outputs, int kernel, int stride = 1, int groups = 1) =>
        kind == Convolutions.Normalized ? new ConvNorm2d(inputs, outputs, kernel, stride, groups)
            : new SymmetricConv2d(inputs, outputs, kernel, stride, groups);
}
