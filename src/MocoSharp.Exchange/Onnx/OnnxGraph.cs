using System.Runtime.InteropServices;
using Google.Protobuf;
using MocoSharp.Exchange.Onnx.Schema;

namespace MocoSharp.Exchange.Onnx;

/// <summary>An ONNX graph as it grows: nodes, their constants, and convolutions that can still take a batch norm in.</summary>
/// <param name="half">Whether weights are kept as float16 and widened where they are used.</param>
internal sealed class OnnxGraph(bool half)
{
    private readonly GraphProto _graph = new() { Name = "encoder" };
    private readonly Dictionary<string, Affine> _affine = [];
    private readonly HashSet<string> _names = [];
    private readonly List<(string Name, float[] Numbers, long[] Shape)> _weights = [];
    private int _values;

    /// <summary>A new name for what a node gives.</summary>
    internal string Value() => $"v{_values++}";

    /// <summary>A name that no other node or constant has.</summary>
    internal string Unique(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++) unique = $"{name}_{i}";
        return unique;
    }

    /// <summary>Appends a node with one result.</summary>
    /// <returns>The result's name.</returns>
    internal string Node(string type, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        Node(type, type.ToLowerInvariant(), inputs, attributes);

    private string Node(string type, string name, IEnumerable<string> inputs, IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = type, Name = Unique(name), Output = { Value() } };
        node.Input.Add(inputs);
        node.Attribute.Add(attributes);
        _graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>Appends a node that multiplies by a weight whose first dimension is the output's channels, and adds a bias.</summary>
    internal string AffineNode(string type, string input, RecordedValue weight, float[]? bias,
        params IEnumerable<AttributeProto> attributes)
    {
        string name = weight.Name is { } own && own.EndsWith(".weight", StringComparison.Ordinal) ? own[..^".weight".Length]
            : type.ToLowerInvariant();
        string output = Node(type, name, [input], attributes);
        _affine[output] = new Affine(_graph.Node[^1], [.. weight.Numbers!], weight.Shape, bias is null ? null : [.. bias]);
        return output;
    }

    /// <summary>Takes y·scale + shift, a number a channel, into the node that gives y.</summary>
    /// <returns>False where that is no node with a weight.</returns>
    internal bool Fold(string value, ReadOnlySpan<double> scale, ReadOnlySpan<double> shift)
    {
        if (!_affine.TryGetValue(value, out Affine? node)) return false;
        node.Scale(scale, shift);
        return true;
    }

    /// <summary>A constant of float32, or of float16 that is widened again.</summary>
    /// <exception cref="MocoException">MS5190: float16 has no such number.</exception>
    internal string Weights(string name, float[] numbers, params long[] shape)
    {
        if (_weights.Find(known => ReferenceEquals(known.Numbers, numbers)) is { Name: { } there }) return there;
        string unique = Unique(name);
        TensorProto tensor = new() { Name = half ? unique + "_half" : unique, Dims = { shape } };
        if (half)
        {
            if (numbers.FirstOrDefault(static number => Half.IsInfinity((Half)number)) is not 0 and var large)
                throw RecordedNetwork.Refused($"'{name}' has the number {large:g4}, and float16 ends at 65504");
            Half[] halves = [.. numbers.Select(static number => (Half)number)];
            (tensor.DataType, tensor.RawData) = ((int)TensorProto.Types.DataType.Float16, Bytes<Half>(halves));
            _graph.Node.Add(new NodeProto
            {
                OpType = "Cast",
                Name = Unique($"{unique}_cast"),
                Input = { tensor.Name },
                Output = { unique },
                Attribute = { Attribute("to", (long)TensorProto.Types.DataType.Float) },
            });
        }
        else
            (tensor.DataType, tensor.RawData) = ((int)TensorProto.Types.DataType.Float, Bytes<float>(numbers));
        _graph.Initializer.Add(tensor);
        _weights.Add((unique, numbers, shape));
        return unique;
    }

    /// <summary>A single number, float32 in any case.</summary>
    internal string Number(double number)
    {
        TensorProto tensor = new()
        {
            Name = Unique("number"),
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = Bytes<float>([(float)number]),
        };
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A constant of whole numbers: axes, positions, shapes.</summary>
    internal string Integers(string name, long[] numbers, params ReadOnlySpan<long> shape)
    {
        TensorProto tensor = new()
        {
            Name = Unique(name),
            DataType = (int)TensorProto.Types.DataType.Int64,
            RawData = Bytes<long>(numbers),
        };
        tensor.Dims.Add(shape.Length == 0 ? [numbers.Length] : shape.ToArray());
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>The finished graph.</summary>
    /// <param name="input">Name, element type and sizes; −1 is the batch.</param>
    /// <param name="value">What the last node gives.</param>
    /// <param name="outputName">What it is called from outside.</param>
    /// <param name="features">Numbers a picture.</param>
    internal GraphProto Finish((string Name, TensorProto.Types.DataType Type, long[] Shape) input, string value, string outputName,
        long features)
    {
        List<NodeProto> nodes = [.. _graph.Node];
        _graph.Node.Clear();
        foreach (NodeProto node in nodes)
        {
            if (node.Output is [var given] && _affine.TryGetValue(given, out Affine? affine)) affine.Write(this);
            _graph.Node.Add(node);
        }
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = Unique("end"), Input = { value }, Output = { outputName } });
        _graph.Input.Add(Described(input.Name, input.Type, input.Shape));
        _graph.Output.Add(Described(outputName, TensorProto.Types.DataType.Float, [-1, features]));
        return _graph;
    }

    internal static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    internal static AttributeProto Attribute(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    internal static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    internal static AttributeProto Attribute(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Described(string name, TensorProto.Types.DataType type, long[] shape)
    {
        TensorShapeProto sizes = new();
        sizes.Dim.Add(shape.Select(static size => size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
            : new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sizes } },
        };
    }

    // little-endian, as all machines are that libtorch runs on
    private static ByteString Bytes<T>(ReadOnlySpan<T> numbers) where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers));

    /// <summary>A convolution or dense layer whose numbers may still change.</summary>
    private sealed class Affine(NodeProto node, float[] weight, long[] shape, float[]? bias)
    {
        private float[]? _bias = bias;

        internal void Scale(ReadOnlySpan<double> scale, ReadOnlySpan<double> shift)
        {
            int channel = weight.Length / scale.Length;
            float[] moved = new float[scale.Length];
            for (int c = 0; c < scale.Length; c++)
            {
                foreach (ref float number in weight.AsSpan(c * channel, channel)) number = (float)(number * scale[c]);
                moved[c] = (float)((_bias?[c] ?? 0) * scale[c] + shift[c]);
            }
            _bias = moved;
        }

        internal void Write(OnnxGraph graph)
        {
            node.Input.Add(graph.Weights($"{node.Name}.weight", weight, shape));
            if (_bias is not null) node.Input.Add(graph.Weights($"{node.Name}.bias", _bias, _bias.Length));
        }
    }
}
