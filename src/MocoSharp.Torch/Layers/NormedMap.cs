namespace MocoSharp.Torch.Layers;

/// <summary>relu(norm(x)) that is computed where it is read: the convolution behind it takes x through the norm, and the normalized map,
/// which training would have to keep, is not written.</summary>
public readonly struct NormedMap
{
    private readonly Tensor _map;
    private readonly Tensor? _moments;
    private readonly BatchNorm2d? _norm;    // null: the map is normalized already

    internal NormedMap(Tensor map, Tensor? moments = null, BatchNorm2d? norm = null) => (_map, _moments, _norm) = (map, moments, norm);

    /// <summary>The normalized map itself, written: [N, C, H, W]. In training it counts as one use, which moves the running
    /// statistics.</summary>
    public Tensor ToTensor() => _norm is null ? _map : _norm.Apply(_map, _moments, residual: null, relu: true);

    /// <summary>Its convolution and the output's moments in so many splits.</summary>
    internal (Tensor Output, Tensor Moments) Convolved(Conv2d convolution, int splits)
    {
        if (_norm is { SpansRanks: false } && convolution.ReadsThroughNorm) return convolution.ThroughNorm(_map, _moments!, _norm, splits);
        (Tensor output, _, Tensor moments) = convolution.ForkWithMoments(ToTensor(), splits);
        return (output, moments);
    }
}
