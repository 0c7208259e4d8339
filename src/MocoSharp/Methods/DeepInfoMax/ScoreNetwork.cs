using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Brings one kind of representation into the space of scores: two layers beside a shortcut that starts as the identity, then
/// layer norm. [R, In] to [R, Units], fp32.</summary>
/// <remarks>rdevon/DIM at bac4765, nn_modules/mi_networks.py: its 1×1 convolutions are linear layers over the places of all
/// pictures.</remarks>
internal sealed class ScoreNetwork : Layer
{
    private readonly Linear _first, _second, _shortcut;
    private readonly BatchNorm1d _norm;
    private readonly LayerNorm _last;

    internal ScoreNetwork(int inputs, int units)
    {
        _first = Register("first", new Linear(inputs, units, bias: false));
        _norm = Register("norm", new BatchNorm1d(units));
        _second = Register("second", new Linear(units, units));
        _shortcut = Register("shortcut", new Linear(inputs, units, bias: false));
        if (units >= inputs) Initialization.NearIdentity(_shortcut.Weight);
        _last = Register("last", new LayerNorm(units));
    }

    protected override Tensor Compute(Tensor x) =>
        _last.Forward(_second.Forward(_norm.ForwardRelu(_first.Forward(x))) + _shortcut.Forward(x));
}
