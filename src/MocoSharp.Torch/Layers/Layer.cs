namespace MocoSharp.Torch.Layers;

/// <summary>A module from one tensor to one tensor. It computes in the element type of its input.</summary>
public abstract class Layer : Module
{
    /// <summary>Applies it.</summary>
    /// <exception cref="TorchException">The input does not fit; the error names this layer's path.</exception>
    public Tensor Forward(Tensor x)
    {
        try
        {
            Tensor y = Compute(x);
            if (Children.Count == 0) LayerTrace.Record(this, x, y);
            return y;
        }
        catch (TorchException error) when (Name.Length > 0 && error.Within(Name))
        {
            throw;
        }
    }

    /// <summary>What <see cref="Forward"/> does.</summary>
    protected abstract Tensor Compute(Tensor x);
}
