using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Amdim;

/// <summary>Brings each place of a map into the space of scores: [N, C, S, S] to [N, S·S, D].</summary>
/// <remarks>Philip-Bachman/amdim-public at 8754ae1, model.py (FakeRKHSConvNet): its 1×1 convolutions are linear layers over the places of
/// all pictures. The inner path starts at 0 and the shortcut near the identity.</remarks>
internal sealed class ScaleEmbedding : Layer
{
    private readonly Linear _first, _second, _shortcut;
    private readonly BatchNorm1d _norm;

    internal ScaleEmbedding(int inputs, int outputs)
    {
        _first = Register("first", new Linear(inputs, outputs, bias: false));
        _second = Register("second", new Linear(outputs, outputs, bias: false));
        _shortcut = Register("shortcut", new Linear(inputs, outputs));
        _norm = Register("norm", new BatchNorm1d(outputs));
        Initialization.NearIdentity(_shortcut.Weight);
        using GradMode off = GradMode.Off();
        _second.Weight.ZeroInPlace();
    }

    protected override Tensor Compute(Tensor x)
    {
        Tensor places = x.Permute(0, 2, 3, 1).Reshape(-1, x.Size(1));
        Tensor rows = _norm.Forward(_second.Forward(Functional.Relu(_first.Forward(places))) + _shortcut.Forward(places));
        return rows.View(x.Size(0), x.Size(2) * x.Size(3), -1);
    }
}
