namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>The names that a pickle may ask for, and what a call of them gives.</summary>
internal static class PickledCalls
{
    private const string Torch = "torch.", Storage = "Storage";

    private static readonly Dictionary<string, Func<object?[], object?>> s_calls = new()
    {
        ["collections.OrderedDict"] = Ordered,
        ["torch._utils._rebuild_tensor"] = Rebuilt,
        ["torch._utils._rebuild_tensor_v2"] = Rebuilt,
        ["torch._utils._rebuild_parameter"] = static arguments => arguments is [PickledTensor tensor, ..] ? tensor
            : throw Misused("_rebuild_parameter"),
        ["torch.Size"] = static arguments => arguments is [] ? new PickledTuple([]) : arguments[0],
        ["torch.device"] = static arguments => arguments is [string device, ..] ? device : throw Misused("torch.device"),
        ["builtins.set"] = static arguments => arguments is [] ? new PickledList() : arguments[0],
        ["__builtin__.set"] = static arguments => arguments is [] ? new PickledList() : arguments[0],
    };

    private static readonly Dictionary<string, DType> s_storages = new()
    {
        ["Double"] = DType.Float64,
        ["Float"] = DType.Float32,
        ["Half"] = DType.Float16,
        ["BFloat16"] = DType.BFloat16,
        ["Long"] = DType.Int64,
        ["Int"] = DType.Int32,
        ["Short"] = DType.Int16,
        ["Char"] = DType.Int8,
        ["Byte"] = DType.UInt8,
        ["Bool"] = DType.Bool,
    };

    // names without a call: what a scalar's or a tensor's type is
    private static readonly HashSet<string> s_types = ["torch.float64", "torch.float32", "torch.float16", "torch.bfloat16", "torch.int64",
        "torch.int32", "torch.int16", "torch.int8", "torch.uint8", "torch.bool", "torch.strided", "torch.contiguous_format"];

    /// <summary>A name that may be asked for.</summary>
    /// <exception cref="TorchException">MS5192: it is none of them.</exception>
    internal static PickledName Known(string name) =>
        s_calls.ContainsKey(name) || s_types.Contains(name) || TypeOf(name) is not null ? new PickledName(name)
            : throw ForeignFile.Refused(name);

    /// <summary>What a call gives.</summary>
    internal static object? Make(PickledName name, PickledTuple arguments) =>
        s_calls.TryGetValue(name.Name, out Func<object?[], object?>? make) ? make(arguments.Items) : throw Misused(name.Name);

    /// <summary>Gives an object its state: a dictionary's attributes are passed over.</summary>
    internal static void Build(object? target, object? state)
    {
        if (target is not PickledDictionary) throw new FormatException($"it sets the state of what has none: {state ?? "None"}");
    }

    /// <summary>The storage that a persistent id of PyTorch stands for.</summary>
    internal static PickledStorage StorageOf(object? id)
    {
        if (id is not PickledTuple { Items: ["storage", PickledName type, string key, _, long count, .. var rest] } || count < 0)
            throw new FormatException("a storage is described in a form that is not known");
        DType numbers = TypeOf(type.Name) ?? throw ForeignFile.Refused(type.Name);
        return rest switch
        {
            [] or [null] => new PickledStorage(key, numbers, count),
            [PickledTuple { Items: [string, long start, long length] }] when start >= 0 && length >= 0 && start <= count - length =>
                new PickledStorage(key, numbers, length, start),
            _ => throw new FormatException("a view of a storage lies outside of it"),
        };
    }

    private static DType? TypeOf(string name) => name.StartsWith(Torch, StringComparison.Ordinal)
        && name.EndsWith(Storage, StringComparison.Ordinal)
        && s_storages.TryGetValue(name[Torch.Length..^Storage.Length].Replace("cuda.", "", StringComparison.Ordinal), out DType type)
        ? type : null;

    private static PickledDictionary Ordered(object?[] arguments)
    {
        PickledDictionary made = new();
        if (arguments is []) return made;
        foreach (object? item in (arguments[0] as PickledList ?? throw Misused("OrderedDict")).Items)
            made.Items.Add(item switch
            {
                PickledTuple { Items: [var key, var value] } => (key, value),
                PickledList { Items: [var key, var value] } => (key, value),
                _ => throw Misused("OrderedDict"),
            });
        return made;
    }

    private static PickledTensor Rebuilt(object?[] arguments) =>
        arguments is [PickledStorage storage, long offset, PickledTuple shape, PickledTuple strides, ..]
            ? PickledTensor.Of(storage, offset, Numbers(shape), Numbers(strides)) : throw Misused("_rebuild_tensor_v2");

    private static long[] Numbers(PickledTuple tuple) =>
        [.. tuple.Items.Select(static item => item is long number ? number : throw new FormatException("a size is no number"))];

    private static FormatException Misused(string name) => new($"it calls {name} with arguments that do not go with it");
}
