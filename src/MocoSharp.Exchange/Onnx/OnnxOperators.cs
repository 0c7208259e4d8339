using static MocoSharp.Exchange.Onnx.OnnxGraph;

namespace MocoSharp.Exchange.Onnx;

/// <summary>libtorch's operators in ONNX's words, operator set 17. One that is not listed cannot be exported.</summary>
internal sealed class OnnxOperators
{
    private readonly Dictionary<RecordedValue, string> _names = [];
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Func<RecordedCall, string>> _known;
    private string _pictures = "";

    internal OnnxOperators(OnnxGraph graph)
    {
        _graph = graph;
        _known = new Dictionary<string, Func<RecordedCall, string>>
        {
            ["mocosharp::conv2d"] = Convolution,
            ["mocosharp::conv2d_norm_act"] = ConvolutionNorm,
            ["mocosharp::batch_norm_act"] = BatchNorm,
            ["mocosharp::max_pool2d"] = MaxPool,
            ["mocosharp::mirror_pad2d"] = MirrorPad,
            ["aten::avg_pool2d"] = AveragePool,
            ["aten::reflection_pad2d"] = call => Pad(call, "reflect"),
            ["aten::constant_pad_nd"] = call => Pad(call, "constant"),
            ["aten::linear"] = Linear,
            ["aten::relu"] = call => Simple(call, "Relu"),
            ["aten::sigmoid"] = call => Simple(call, "Sigmoid"),
            ["aten::silu"] = call => _graph.Node("Mul", [Input(call), Simple(call, "Sigmoid")]),
            ["aten::leaky_relu"] = call => _graph.Node("LeakyRelu", [Input(call)], Attribute("alpha", (double)call.Arguments[1]!)),
            ["aten::add.Tensor"] = call => Both(call, "Add"),
            ["aten::mul.Tensor"] = call => Both(call, "Mul"),
            ["aten::mean.dim"] = call => Reduce(call, "ReduceMean"),
            ["aten::amax"] = call => Reduce(call, "ReduceMax"),
            ["aten::cat"] = Join,
            ["aten::narrow"] = Narrow,
            ["aten::permute"] = call => _graph.Node("Transpose", [Input(call)], Attribute("perm", Ints(call, 1))),
            ["aten::unfold"] = Unfold,
            ["aten::layer_norm"] = call => _graph.Node("LayerNormalization", [Input(call), NameOf(Constant(call, 2)),
                NameOf(Constant(call, 3))], Attribute("axis", -1L), Attribute("epsilon", (double)call.Arguments[4]!)),
            ["aten::gelu"] = Gelu,
            ["aten::softmax.int"] = call => _graph.Node("Softmax", [Input(call)], Attribute("axis", (long)call.Arguments[1]!)),
            ["aten::matmul"] = call => Both(call, "MatMul"),
            ["aten::mul.Scalar"] = call => _graph.Node("Mul", [Input(call), _graph.Number(Convert.ToDouble(call.Arguments[1], null))]),
            ["aten::transpose.int"] = Transpose,
            ["aten::squeeze.dim"] = Reshape,
            ["aten::expand"] = Expand,
            ["aten::view"] = Reshape,
            ["aten::reshape"] = Reshape,
            ["aten::flatten.using_ints"] = Reshape,
        };
    }

    /// <summary>Writes all calls.</summary>
    /// <param name="network">The calls.</param>
    /// <param name="input">What the pictures are called in the graph.</param>
    /// <returns>What the features are called.</returns>
    /// <exception cref="MocoException">MS5190: ONNX has no word for an operator here.</exception>
    internal string Write(RecordedNetwork network, string input)
    {
        (_names[network.Input], _pictures) = (input, input);
        foreach (RecordedCall call in network.Calls)
        {
            if (call.Results.Count != 1 || !_known.TryGetValue(call.Operator, out Func<RecordedCall, string>? write))
                throw RecordedNetwork.Refused($"it uses the operator {call.Operator}, which has no counterpart here");
            _names[call.Results[0]] = write(call);
        }
        return _names[network.Output];
    }

    private string NameOf(RecordedValue value) => value.IsConstant
        ? _graph.Weights(value.Name ?? "constant", value.Numbers!, value.Shape) : _names[value];

    private string Input(RecordedCall call) => NameOf((RecordedValue)call.Arguments[0]!);

    private static RecordedValue? Value(RecordedCall call, int at) => (RecordedValue?)call.Arguments[at];

    private static long[] Ints(RecordedCall call, int at) => (long[])call.Arguments[at]!;

    private static bool Flag(RecordedCall call, int at) => at < call.Arguments.Count && (bool)call.Arguments[at]!;

    private string Simple(RecordedCall call, string type) => _graph.Node(type, [Input(call)]);

    private string Both(RecordedCall call, string type) => call.Arguments.Count == 2
        ? _graph.Node(type, [Input(call), NameOf(Value(call, 1)!)])
        : throw RecordedNetwork.Refused($"{call.Operator} is used with a factor");

    // x, weight, bias, stride, padding, groups
    private string Convolution(RecordedCall call)
    {
        RecordedValue weight = Constant(call, 1);
        long[] padding = Ints(call, 4);
        return _graph.AffineNode("Conv", Input(call), weight, Value(call, 2)?.Numbers, Attribute("kernel_shape", weight.Shape[2..]),
            Attribute("strides", Ints(call, 3)), Attribute("pads", [.. padding, .. padding]), Attribute("group", (long)call.Arguments[5]!));
    }

    // …, residual, norm's weight, bias, mean, variance, epsilon, relu
    private string ConvolutionNorm(RecordedCall call)
    {
        string map = Convolution(call);
        (double[] scale, double[] shift) = Norm(call, 7, (double)call.Arguments[11]!);
        _graph.Fold(map, scale, shift);
        return Activated(map, Value(call, 6), Flag(call, 12));
    }

    // x, residual, weight, bias, mean, variance, training, momentum, epsilon, splits, relu
    private string BatchNorm(RecordedCall call)
    {
        if (Flag(call, 6)) throw RecordedNetwork.Refused("a batch norm is in training mode");
        RecordedValue x = Value(call, 0)!;
        string map = NameOf(x);
        (double[] scale, double[] shift) = Norm(call, 2, (double)call.Arguments[8]!);
        if (x.Uses != 1 || !_graph.Fold(map, scale, shift))
        {
            long[] shape = [.. Enumerable.Repeat(1L, x.Shape.Length)];
            shape[1] = scale.Length;
            map = _graph.Node("Mul", [map, _graph.Weights("norm.scale", [.. scale.Select(static s => (float)s)], shape)]);
            map = _graph.Node("Add", [map, _graph.Weights("norm.shift", [.. shift.Select(static s => (float)s)], shape)]);
        }
        return Activated(map, Value(call, 1), Flag(call, 10));
    }

    // [weight, bias, mean, variance] from a place on: norm(x) = x · scale + shift
    private static (double[] Scale, double[] Shift) Norm(RecordedCall call, int at, double epsilon)
    {
        float[]? weight = Value(call, at)?.Numbers, bias = Value(call, at + 1)?.Numbers;
        float[] mean = Constant(call, at + 2).Numbers!, variance = Constant(call, at + 3).Numbers!;
        double[] scale = [.. variance.Select((v, c) => (weight?[c] ?? 1) / Math.Sqrt(v + epsilon))];
        return (scale, [.. mean.Select((m, c) => (bias?[c] ?? 0) - m * scale[c])]);
    }

    private string Activated(string map, RecordedValue? residual, bool relu)
    {
        if (residual is not null) map = _graph.Node("Add", [map, NameOf(residual)]);
        return relu ? _graph.Node("Relu", [map]) : map;
    }

    private static RecordedValue Constant(RecordedCall call, int at) => Value(call, at) is { IsConstant: true } constant ? constant
        : throw RecordedNetwork.Refused($"{call.Operator} gets weights that depend on the picture");

    // x, weight, bias
    private string Linear(RecordedCall call)
    {
        if (Value(call, 0)!.Shape.Length != 2) return LinearOfMany(call);
        return _graph.AffineNode("Gemm", Input(call), Constant(call, 1), call.Arguments.Count > 2 ? Value(call, 2)?.Numbers : null,
            Attribute("transB", 1L));
    }

    // rows within more dimensions, which Gemm does not take
    private string LinearOfMany(RecordedCall call)
    {
        RecordedValue weight = Constant(call, 1);
        (int outputs, int inputs) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        float[] turned = new float[weight.Numbers!.Length];
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++) turned[i * outputs + o] = weight.Numbers[o * inputs + i];
        string rows = _graph.Node("MatMul", [Input(call), _graph.Weights(weight.Name ?? "weight", turned, inputs, outputs)]);
        return call.Arguments.Count > 2 && Value(call, 2) is { } bias ? _graph.Node("Add", [rows, NameOf(bias)]) : rows;
    }

    // x · Φ(x); an approximation by tanh has an argument of its own
    private string Gelu(RecordedCall call)
    {
        if (call.Arguments.Count > 1) throw RecordedNetwork.Refused("a GELU is approximated");
        string x = Input(call), erf = _graph.Node("Erf", [_graph.Node("Mul", [x, _graph.Number(Math.Sqrt(0.5))])]);
        return _graph.Node("Mul", [_graph.Node("Mul", [x, _graph.Number(0.5)]), _graph.Node("Add", [erf, _graph.Number(1)])]);
    }

    // x, first, second
    private string Transpose(RecordedCall call)
    {
        int rank = Value(call, 0)!.Shape.Length;
        long[] order = [.. Enumerable.Range(0, rank).Select(static d => (long)d)];
        int one = (int)((long)call.Arguments[1]! + rank) % rank, other = (int)((long)call.Arguments[2]! + rank) % rank;
        (order[one], order[other]) = (order[other], order[one]);
        return _graph.Node("Transpose", [Input(call)], Attribute("perm", order));
    }

    // x, sizes: the batch's comes from the pictures
    private string Expand(RecordedCall call)
    {
        long[] shape = call.Results[0].Shape;
        if (shape.Count(static size => size < 0) > 1 || shape[0] >= 0 && shape.Contains(-1))
            throw RecordedNetwork.Refused("something repeats with the number of pictures, but not picture by picture");
        if (shape[0] >= 0) return _graph.Node("Expand", [Input(call), _graph.Integers("shape", shape)]);
        string sizes = _graph.Node("Shape", [_pictures], Attribute("start", 0L), Attribute("end", 1L));
        return _graph.Node("Expand", [Input(call), _graph.Node("Concat", [sizes, _graph.Integers("shape", shape[1..])],
            Attribute("axis", 0L))]);
    }

    // x, kernel, stride, padding
    private string MaxPool(RecordedCall call) => _graph.Node("MaxPool", [Input(call)], Attribute("kernel_shape", Ints(call, 1)),
        Attribute("strides", Ints(call, 2)), Attribute("pads", [.. Ints(call, 3), .. Ints(call, 3)]));

    // x, kernel, stride, padding, ceiling
    private string AveragePool(RecordedCall call)
    {
        long[] padding = Ints(call, 3);
        bool ceiling = Flag(call, 4), isPadded = padding.Any(static side => side > 0);
        if (ceiling && isPadded) throw RecordedNetwork.Refused("a mean over windows has a border and a last window beyond it");
        return _graph.Node("AveragePool", [Input(call)], Attribute("kernel_shape", Ints(call, 1)), Attribute("strides", Ints(call, 2)),
            Attribute("pads", [.. padding, .. padding]), Attribute("ceil_mode", ceiling ? 1L : 0),
            Attribute("count_include_pad", isPadded ? 1L : 0));
    }

    // x, [last dimension's before and behind, the one before it, …], value
    private string Pad(RecordedCall call, string mode)
    {
        long[] sides = Ints(call, 1);
        int rank = Value(call, 0)!.Shape.Length;
        long[] pads = new long[2 * rank];
        for (int i = 0; i < sides.Length / 2; i++)
            (pads[rank - 1 - i], pads[2 * rank - 1 - i]) = (sides[2 * i], sides[2 * i + 1]);
        if (mode == "constant" && call.Arguments is [_, _, not 0.0]) throw RecordedNetwork.Refused("a border has another value than 0");
        return _graph.Node("Pad", [Input(call), _graph.Integers("pads", pads)], Attribute("mode", mode));
    }

    // x, border: b a | a b c | c b, which ONNX has no word for: rows and columns are taken by their places
    private string MirrorPad(RecordedCall call)
    {
        RecordedValue x = Value(call, 0)!;
        long border = (long)call.Arguments[1]!;
        if (border == 1)
            return _graph.Node("Pad", [Input(call), _graph.Integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])], Attribute("mode", "edge"));
        string map = Input(call);
        for (int dim = 2; dim < 4; dim++)
        {
            long size = Fixed(x, dim);
            long[] places = [.. Enumerable.Range(0, (int)(size + 2 * border)).Select(i => i - border)
                .Select(i => i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i)];
            map = _graph.Node("Gather", [map, _graph.Integers("mirror", places)], Attribute("axis", (long)dim));
        }
        return map;
    }

    // x, dimensions, keep
    private string Reduce(RecordedCall call, string type) => _graph.Node(type, [Input(call)], Attribute("axes", Ints(call, 1)),
        Attribute("keepdims", Flag(call, 2) ? 1L : 0));

    // values, dimension
    private string Join(RecordedCall call) => _graph.Node("Concat", ((RecordedValue[])call.Arguments[0]!).Select(NameOf),
        Attribute("axis", (long)call.Arguments[1]!));

    // x, dimension, start, length
    private string Narrow(RecordedCall call)
    {
        long dim = (long)call.Arguments[1]!, start = (long)call.Arguments[2]!;
        Fixed(Value(call, 0)!, (int)dim);
        return _graph.Node("Slice", [Input(call), _graph.Integers("starts", [start]),
            _graph.Integers("ends", [start + (long)call.Arguments[3]!]), _graph.Integers("axes", [dim])]);
    }

    // x, dimension, size, step: windows along a dimension, their places in a new last one
    private string Unfold(RecordedCall call)
    {
        RecordedValue x = Value(call, 0)!;
        long dim = (long)call.Arguments[1]!, size = (long)call.Arguments[2]!, step = (long)call.Arguments[3]!;
        long windows = (Fixed(x, (int)dim) - size) / step + 1;
        long[] places = [.. from window in Enumerable.Range(0, (int)windows) from i in Enumerable.Range(0, (int)size)
                            select window * step + i];
        string cut = _graph.Node("Gather", [Input(call), _graph.Integers("windows", places, windows, size)], Attribute("axis", dim));
        long[] order = [.. Enumerable.Range(0, x.Shape.Length + 1).Select(static d => (long)d).Where(d => d != dim + 1), dim + 1];
        return _graph.Node("Transpose", [cut], Attribute("perm", order));
    }

    private string Reshape(RecordedCall call)
    {
        long[] shape = call.Results[0].Shape;
        if (shape.Count(static size => size < 0) > 1)
            throw RecordedNetwork.Refused("two dimensions of a map follow the number of pictures");
        return _graph.Node("Reshape", [Input(call), _graph.Integers("shape", shape)]);
    }

    private static long Fixed(RecordedValue value, int dim) => value.Shape[dim] >= 0 ? value.Shape[dim]
        : throw RecordedNetwork.Refused("pictures of a batch are taken apart");
}
