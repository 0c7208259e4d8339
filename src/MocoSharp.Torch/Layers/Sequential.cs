using System.Collections;

namespace MocoSharp.Torch.Layers;

/// <summary>Layers one after the other, by name. Without names they are called 0, 1, … as in PyTorch.</summary>
public sealed class Sequential : Layer, IEnumerable<Layer>
{
    private readonly List<Layer> _layers = [];

    /// <summary>Makes one of layers called 0, 1, …</summary>
    public Sequential(params ReadOnlySpan<Layer> layers)
    {
        foreach (Layer layer in layers) Add(layer);
    }

    /// <summary>Appends a layer called by its position.</summary>
    public void Add(Layer layer) => Add(_layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer);

    /// <summary>Appends a named layer.</summary>
    public void Add(string name, Layer layer) => _layers.Add(Register(name, layer));

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x)
    {
        Tensor map = x;
        foreach (Layer layer in _layers) map = TensorScope.Next(map, isLast: !ReferenceEquals(map, x), layer.Forward);
        return map;
    }
}
