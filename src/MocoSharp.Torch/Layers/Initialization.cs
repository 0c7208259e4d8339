namespace MocoSharp.Torch.Layers;

/// <summary>Starting values of weights, drawn from libtorch's generator.</summary>
public static class Initialization
{
    /// <summary>Normal with deviation √(2 / fan-out): torchvision's ResNets.</summary>
    /// <remarks>He et al. 2015, arXiv:1502.01852, the backward form.</remarks>
    public static Tensor KaimingNormalFanOut(Tensor weight)
    {
        using GradMode off = GradMode.Off();
        return weight.NormalInPlace(0, Math.Sqrt(2.0 / FanOut(weight)));
    }

    /// <summary>Normal with deviation √(2 / fan-in): fastai's layers.</summary>
    /// <remarks>He et al. 2015, arXiv:1502.01852, the forward form.</remarks>
    public static Tensor KaimingNormalFanIn(Tensor weight)
    {
        using GradMode off = GradMode.Off();
        return weight.NormalInPlace(0, Math.Sqrt(2.0 / FanIn(weight)));
    }

    /// <summary>Uniform within 1 / √fan-in: PyTorch's default for convolutions and linear layers, and for their biases.</summary>
    public static Tensor UniformFanIn(Tensor tensor, long fanIn)
    {
        using GradMode off = GradMode.Off();
        double bound = 1 / Math.Sqrt(fanIn);
        return tensor.UniformInPlace(-bound, bound);
    }

    /// <summary>Uniform within √(6 / (fan-in + fan-out)): Keras' default.</summary>
    /// <remarks>Glorot and Bengio 2010. Fan-out counts a kernel's pixels times all output channels, as Keras does for groups too.</remarks>
    public static Tensor GlorotUniform(Tensor weight)
    {
        using GradMode off = GradMode.Off();
        double bound = Math.Sqrt(6.0 / (FanIn(weight) + FanOut(weight)));
        return weight.UniformInPlace(-bound, bound);
    }

    /// <summary>Small noise, uniform within 0.01, and 1 on the diagonal: the first outputs repeat the inputs. For 1×1 convolutions and
    /// linear layers.</summary>
    /// <param name="weight">[Out, In, …] with Out of In or more.</param>
    public static Tensor NearIdentity(Tensor weight)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        long inputs = weight.Size(1);
        weight.UniformInPlace(-0.01, 0.01);
        Tensor matrix = weight.View(weight.Size(0), inputs);
        for (long i = 0; i < inputs; i++) matrix.Narrow(0, i, 1).Narrow(1, i, 1).FillInPlace(1);
        return weight;
    }

    /// <summary>Inputs that feed one output of a [Out, In, …] weight.</summary>
    public static long FanIn(Tensor weight) => weight.ElementCount / weight.Size(0);

    private static long FanOut(Tensor weight) => weight.ElementCount / weight.Size(1);
}
