using MocoSharp.Encoders;
using MocoSharp.Torch;

namespace MocoSharp.Exchange.Onnx;

/// <summary>What an encoder computes: the operators that ran when pictures went through it, and which value went where.</summary>
/// <remarks>It runs twice, on other pictures and with another batch size: sizes that follow the batch are told from those that do not, and
/// what depends on the batch in another way is refused. Numbers that come from neither picture nor weights must be the same both
/// times.</remarks>
internal sealed class RecordedNetwork
{
    private const int FirstBatch = 2, SecondBatch = 3;

    private RecordedNetwork(IReadOnlyList<RecordedCall> calls, RecordedValue input, RecordedValue output) =>
        (Calls, Input, Output) = (calls, input, output);

    /// <summary>In the order in which they ran; those on weights alone are left out, their results are constants.</summary>
    internal IReadOnlyList<RecordedCall> Calls { get; }

    /// <summary>[N, C, H, W].</summary>
    internal RecordedValue Input { get; }

    /// <summary>[N, D].</summary>
    internal RecordedValue Output { get; }

    /// <summary>Records an encoder in evaluation mode.</summary>
    /// <param name="encoder">On the processor, in fp32.</param>
    /// <param name="shape">[C, H, W] of its pictures.</param>
    /// <exception cref="MocoException">MS5190: it does what cannot be told to others.</exception>
    internal static RecordedNetwork Of(Encoder encoder, long[] shape)
    {
        Recorder first = new(encoder, [FirstBatch, .. shape]), second = new(encoder, [SecondBatch, .. shape]);
        if (!first.Calls.Select(static call => call.Operator).SequenceEqual(second.Calls.Select(static call => call.Operator)))
            throw Refused("what it computes depends on the number of pictures");
        foreach ((RecordedCall one, RecordedCall other) in first.Calls.Zip(second.Calls)) one.Compare(other);
        return new RecordedNetwork(first.Calls, first.Input, first.Output);
    }

    internal static MocoException Refused(string what) => new(ErrorIds.ExportRefused, $"this encoder cannot be written as ONNX: {what}",
        fix: "export its weights instead: --to safetensors");

    private sealed class Recorder
    {
        private readonly Dictionary<Tensor, RecordedValue> _values = new(ReferenceEqualityComparer.Instance);
        private readonly List<RecordedCall> _calls = [];

        internal Recorder(Encoder encoder, long[] shape)
        {
            using TensorScope scope = TensorScope.Begin();
            using GradMode off = GradMode.Off();
            foreach ((string name, Tensor value) in encoder.State()) _values[value] = RecordedValue.Constant(name, value);
            Tensor pictures = Tensor.Full(shape, shape[0]).Contiguous(MemoryFormat.ChannelsLast), features = pictures;
            Input = _values[pictures] = RecordedValue.Computed(pictures.Shape);
            OperatorTrace.Run(() => features = encoder.Forward(pictures), Add);
            Output = _values.TryGetValue(features, out RecordedValue? output) && !output.IsConstant ? output
                : throw Refused("its features do not depend on the picture by operators that can be followed");
            Output.Uses++;
        }

        internal IReadOnlyList<RecordedCall> Calls => _calls;

        internal RecordedValue Input { get; }

        internal RecordedValue Output { get; }

        private void Add(OperatorCall call)
        {
            Tensor[] taken = [.. call.Arguments.SelectMany(TensorsOf)];
            if (taken.Length == 0) return;          // settings and questions; a tensor from nothing is a constant where it is used
            foreach (Tensor tensor in taken) _values.TryAdd(tensor, RecordedValue.Constant(null, tensor));
            RecordedValue[] known = [.. taken.Select(tensor => _values[tensor])];
            if (known.All(static value => value.IsConstant) && call.Name != "aten::expand")
            {
                foreach (Tensor result in call.Results.OfType<Tensor>()) _values[result] = RecordedValue.Constant(null, result);
                return;
            }
            if (call.Name is "aten::contiguous" or "aten::clone" or "aten::detach")
            {
                _values[call.Results[0]!] = known[0];
                return;
            }
            if (call.Results.Count == 0) throw Refused($"{call.Name} reads numbers of a map, or changes them in place");
            foreach (RecordedValue value in known) value.Uses++;
            _calls.Add(new RecordedCall(call.Name, [.. call.Arguments.Select(Recorded)], [.. call.Results.Select(Result)]));
        }

        private object? Recorded(object? argument) => argument switch
        {
            Tensor tensor => _values[tensor].Kept(tensor),
            IReadOnlyList<Tensor?> list => list.Select(item => _values[item!].Kept(item!)).ToArray(),
            _ => argument,
        };

        private RecordedValue Result(Tensor? result) => result is null ? throw Refused("an operator gave nothing")
            : _values[result] = RecordedValue.Computed(result.Shape);

        private static IEnumerable<Tensor> TensorsOf(object? argument) => argument switch
        {
            Tensor tensor => [tensor],
            IReadOnlyList<Tensor?> list => list.OfType<Tensor>(),
            _ => [],
        };
    }
}

/// <summary>One operator that ran.</summary>
/// <param name="Operator">Its name in libtorch.</param>
/// <param name="Arguments">Values in place of tensors; what its schema has otherwise.</param>
/// <param name="Results">What it gave.</param>
internal sealed record RecordedCall(string Operator, IReadOnlyList<object?> Arguments, IReadOnlyList<RecordedValue> Results)
{
    private static readonly HashSet<string> s_shapers = ["aten::view", "aten::reshape", "aten::flatten.using_ints",
        "aten::expand"];

    /// <summary>Takes from the same call with another batch which sizes follow the batch.</summary>
    /// <exception cref="MocoException">MS5190: something else differs.</exception>
    internal void Compare(RecordedCall other)
    {
        if (Arguments.Count != other.Arguments.Count || Results.Count != other.Results.Count) throw Differs();
        if (!Arguments.Zip(other.Arguments).All(pair => pair.First is long[] && s_shapers.Contains(Operator)
            || IsSame(pair.First, pair.Second)))
            throw Differs();
        foreach ((RecordedValue one, RecordedValue two) in Results.Zip(other.Results))
            if (!one.Follow(two)) throw Differs();
    }

    private MocoException Differs() =>
        RecordedNetwork.Refused($"{Operator} does something else for other pictures, or another number of pictures");

    private static bool IsSame(object? one, object? other) => (one, other) switch
    {
        (long[] left, long[] right) => left.AsSpan().SequenceEqual(right),
        (RecordedValue left, RecordedValue right) => left.IsConstant == right.IsConstant
            && (!left.IsConstant || left.Numbers!.AsSpan().SequenceEqual(right.Numbers)),
        (RecordedValue[] left, RecordedValue[] right) => left.Length == right.Length
            && left.Zip(right).All(static pair => IsSame(pair.First, pair.Second)),
        _ => Equals(one, other),
    };
}

/// <summary>A tensor of the record: computed from the picture, or made of weights alone.</summary>
internal sealed class RecordedValue
{
    private RecordedValue(string? name, bool isConstant, long[] shape) => (Name, IsConstant, Shape) = (name, isConstant, shape);

    /// <summary>A weight's name in the encoder; null for what is made of weights, and for what is computed.</summary>
    internal string? Name { get; }

    /// <summary>Whether it is the same for all pictures.</summary>
    internal bool IsConstant { get; }

    /// <summary>Sizes; −1 where they follow the batch.</summary>
    internal long[] Shape { get; }

    /// <summary>A constant's numbers, row by row, once somebody has used it.</summary>
    internal float[]? Numbers { get; private set; }

    /// <summary>How many calls take it; the network's end counts as one.</summary>
    internal int Uses { get; set; }

    internal static RecordedValue Constant(string? name, Tensor tensor) => new(name, true, tensor.Shape);

    internal static RecordedValue Computed(long[] shape) => new(null, false, shape);

    /// <summary>Itself, with a constant's numbers kept while they are there.</summary>
    internal RecordedValue Kept(Tensor tensor)
    {
        if (IsConstant && Numbers is null)
        {
            if (tensor.DType != DType.Float32) throw RecordedNetwork.Refused($"it computes with {tensor}, and only F32 is written");
            Numbers = tensor.ToArray<float>();
        }
        return this;
    }

    /// <summary>Marks what differs from the same value with another batch; false where that is no multiple of the batch.</summary>
    internal bool Follow(RecordedValue other)
    {
        if (Shape.Length != other.Shape.Length) return false;
        for (int d = 0; d < Shape.Length; d++)
        {
            if (Shape[d] == other.Shape[d]) continue;
            if (3 * Shape[d] != 2 * other.Shape[d]) return false;
            Shape[d] = -1;
        }
        return true;
    }
}
