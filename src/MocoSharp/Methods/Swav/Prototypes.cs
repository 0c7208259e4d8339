using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Swav;

/// <summary>K directions that pictures are assigned to; rows of unit length.</summary>
internal sealed class Prototypes : Module
{
    private readonly Tensor _start;

    internal Prototypes(int count, int features)
    {
        Weight = Parameter("weight", Initialization.UniformFanIn(Tensor.Empty([count, features]), features));
        Normalize();
        using GradMode off = GradMode.Off();
        _start = Buffer("start", Weight.Clone());
    }

    /// <summary>[K, D].</summary>
    internal Tensor Weight { get; }

    /// <summary>Gives each row unit length again.</summary>
    internal void Normalize()
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Weight.CopyFrom(Functional.Normalize(Weight));
    }

    /// <summary>Undoes what an update did while they stand still.</summary>
    internal void PutBack()
    {
        using GradMode off = GradMode.Off();
        Weight.CopyFrom(_start);
    }
}
