using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Brings a whole map into the space of scores: [N, C, S, S] to [N, Units], fp32. Layers like the encoder's own, with weights of
/// its own.</summary>
/// <remarks>rdevon/DIM at bac4765, models/dim.py (GlobalDIM): there the encoder's layers are copied from the one that made the map on, so
/// the map, 8×8, goes through C and 2C channels of 4×4 and 2×2 places and a dense layer.</remarks>
internal sealed class MapSummary : Layer
{
    private const int DensePerChannel = 8;
    private readonly int _side;
    private readonly ConvNorm _first, _second;
    private readonly Linear _dense, _last;
    private readonly BatchNorm1d _norm;

    /// <exception cref="OptionException">The map is smaller than 4×4.</exception>
    internal MapSummary(int channels, int side, int units)
    {
        OptionException.Require(side >= 4, "side", side, "a side that leaves a map of 4×4 places or more at localStage");
        _side = side;
        int places = side / 4 * (side / 4), dense = DensePerChannel * channels;
        _first = new ConvNorm(Register("conv1", Conv(channels, channels)), Register("bn1", new BatchNorm2d(channels)));
        _second = new ConvNorm(Register("conv2", Conv(channels, 2 * channels)), Register("bn2", new BatchNorm2d(2 * channels)));
        _dense = Register("dense", new Linear(2 * channels * places, dense, bias: false));
        _norm = Register("dense_bn", new BatchNorm1d(dense));
        _last = Register("last", new Linear(dense, units));
    }

    protected override Tensor Compute(Tensor x)
    {
        if (x.Size(2) != _side || x.Size(3) != _side)
            throw new OptionException("side", $"one that gives {_side}×{_side} places", $"and the views give {x.Size(2)}×{x.Size(3)}",
                fix: "set side to the views' side in pixels");
        Tensor map = _second.ForwardRelu(_first.ForwardRelu(x));
        return Functional.AtLeastFloat32(_last.Forward(_norm.ForwardRelu(_dense.Forward(map.Flatten(1)))));
    }

    private static Conv2d Conv(int inputs, int outputs) => new(inputs, outputs, 4, stride: 2, padding: 1, bias: false);
}
