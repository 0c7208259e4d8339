namespace MocoSharp.Torch.Layers;

/// <summary>x Wᵀ + b: [N, In] to [N, Out].</summary>
public sealed class Linear : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <summary>Makes one with PyTorch's default weights: uniform within 1 / √In.</summary>
    /// <param name="inputs">Numbers in.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <param name="bias">Whether b is there.</param>
    public Linear(int inputs, int outputs, bool bias = true)
    {
        _weight = Parameter("weight", Initialization.UniformFanIn(Tensor.Empty([outputs, inputs]), inputs));
        if (bias) _bias = Parameter("bias", Initialization.UniformFanIn(Tensor.Empty([outputs]), inputs));
    }

    /// <summary>W, [Out, In].</summary>
    public Tensor Weight => _weight;

    /// <summary>b, [Out]; null where there is none.</summary>
    public Tensor? Bias => _bias;

    /// <summary>One with Keras' starting values: Glorot's uniform weights and biases of 0.</summary>
    /// <param name="inputs">Numbers in.</param>
    /// <param name="outputs">Numbers out.</param>
    public static Linear Glorot(int inputs, int outputs)
    {
        Linear layer = new(inputs, outputs);
        using GradMode off = GradMode.Off();
        Initialization.GlorotUniform(layer._weight);
        layer._bias!.ZeroInPlace();
        return layer;
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.Linear(x, _weight.To(x.DType), _bias?.To(x.DType));
}
