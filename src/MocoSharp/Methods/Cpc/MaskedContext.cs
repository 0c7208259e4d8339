using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Cpc;

/// <summary>What is known of a grid down to each row: gated convolutions that see the row itself, as far as they reach, and rows above it,
/// never one below. [N, C, H, W] to the same.</summary>
/// <remarks>van den Oord et al. 2016, arXiv:1606.05328, in the form of loeweX/Greedy_InfoMax at 22d17e4, models/PixelCNN.py and
/// PixelCNN_Autoregressor.py (mask "only_vert": only the kernel's rows below the center are masked, so a position sees its whole own row).
/// Here those rows are not there at all: a kernel of two rows over a map with one row of zeros above.</remarks>
internal sealed class MaskedContext : Layer
{
    private readonly GatedLayer[] _layers;
    private readonly Conv _last;

    internal MaskedContext(int channels, int layers)
    {
        _layers = new GatedLayer[layers];
        for (int i = 0; i < layers; i++) _layers[i] = Register($"layer{i}", new GatedLayer(channels, isFirst: i == 0));
        _last = Register("last", new Conv(channels, channels, 1, 1));
    }

    protected override Tensor Compute(Tensor x)
    {
        (Tensor above, Tensor row) = (x, x);
        foreach (GatedLayer layer in _layers) (above, row) = layer.Apply(above, row);
        return _last.Forward(row);
    }

    /// <summary>One stack looks up, the other along the row, and the second hears the first. Both gate: tanh · sigmoid.</summary>
    private sealed class GatedLayer : Module
    {
        private readonly Conv _vertical, _toRow, _horizontal, _output;
        private readonly Conv? _residual;

        internal GatedLayer(int channels, bool isFirst)
        {
            _vertical = Register("vertical", new Conv(channels, 2 * channels, 2, 3));
            _toRow = Register("to_row", new Conv(2 * channels, 2 * channels, 1, 1));
            _horizontal = Register("horizontal", new Conv(channels, 2 * channels, 1, 3));
            if (!isFirst) _residual = Register("residual", new Conv(channels, 2 * channels, 1, 1));
            _output = Register("output", new Conv(channels, channels, 1, 1));
        }

        internal (Tensor Above, Tensor Row) Apply(Tensor above, Tensor row)
        {
            Tensor up = _vertical.Forward(above);
            Tensor mixed = _output.Forward(Gate(_horizontal.Forward(row) + _toRow.Forward(up)));
            return (Gate(_residual is null ? up : up + _residual.Forward(above)), _residual is null ? mixed : row + mixed);
        }

        private static Tensor Gate(Tensor x)
        {
            Tensor[] halves = x.Chunk(2, dim: 1);
            return Tanh(halves[0]) * Sigmoid(halves[1]);
        }
    }

    /// <summary>A convolution of any number of rows above and with the place itself, and columns on both sides; the map keeps its
    /// size.</summary>
    /// <remarks>As a product of matrices over gathered neighbors: grids are small, and the kernels are of shapes that fast convolutions do
    /// not know.</remarks>
    private sealed class Conv : Layer
    {
        private readonly Tensor _weight, _bias;
        private readonly int _rows, _columns;

        internal Conv(int inputs, int outputs, int rows, int columns)
        {
            (_rows, _columns) = (rows, columns);
            long fanIn = (long)inputs * rows * columns;
            _weight = Parameter("weight", Initialization.UniformFanIn(Tensor.Empty([outputs, inputs, rows, columns]), fanIn));
            _bias = Parameter("bias", Initialization.UniformFanIn(Tensor.Empty([outputs]), fanIn));
        }

        protected override Tensor Compute(Tensor x)
        {
            (long height, long width, int side) = (x.Size(2), x.Size(3), _columns / 2);
            Tensor padded = _rows == 1 && _columns == 1 ? x : Pad(x, left: side, right: side, above: _rows - 1, below: 0);
            List<Tensor> seen = [];
            for (int row = 0; row < _rows; row++)
                for (int column = 0; column < _columns; column++) seen.Add(padded.Narrow(2, row, height).Narrow(3, column, width));
            // [N, H, W, rows · columns · In]
            Tensor near = (seen.Count == 1 ? seen[0] : Cat(seen, dim: 1)).Permute(0, 2, 3, 1);
            Tensor weight = _weight.To(x.DType).Permute(0, 2, 3, 1).Reshape(_weight.Size(0), -1);
            return Functional.Linear(near, weight, _bias.To(x.DType)).Permute(0, 3, 1, 2);
        }
    }
}
