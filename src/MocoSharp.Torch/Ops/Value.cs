namespace MocoSharp.Torch.Ops;

/// <summary>One argument of an operator. C# values convert to it by themselves.</summary>
internal readonly struct Value
{
    internal readonly Interop.NativeTag Tag;
    internal readonly long Integer;
    internal readonly object? Item;

    private Value(Interop.NativeTag tag, long integer = 0, object? item = null) => (Tag, Integer, Item) = (tag, integer, item);

    /// <summary>An absent optional argument.</summary>
    internal static Value None => default;

    internal static Value Ints(params long[] items) => new(Interop.NativeTag.Ints, item: items);

    internal static Value Tensors(IReadOnlyList<Tensor?> items) => new(Interop.NativeTag.Tensors, item: items);

    public static implicit operator Value(Tensor? tensor) => tensor is null ? None : new(Interop.NativeTag.Tensor, item: tensor);

    public static implicit operator Value(long number) => new(Interop.NativeTag.Int, number);

    public static implicit operator Value(int number) => new(Interop.NativeTag.Int, number);

    public static implicit operator Value(double number) => new(Interop.NativeTag.Double, BitConverter.DoubleToInt64Bits(number));

    public static implicit operator Value(bool flag) => new(Interop.NativeTag.Bool, flag ? 1 : 0);

    public static implicit operator Value(string text) => new(Interop.NativeTag.String, item: text);

    public static implicit operator Value(DType type) => new(Interop.NativeTag.Int, (long)type);

    public static implicit operator Value(Device device) => new(Interop.NativeTag.Device, device.Type, (long)device.Index);

    public static implicit operator Value(MemoryFormat format) => new(Interop.NativeTag.Int, (long)format);
}
