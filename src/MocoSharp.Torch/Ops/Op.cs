using System.Runtime.CompilerServices;
using System.Text;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch.Ops;

/// <summary>One operator of libtorch's dispatcher. Its schema is found at the first call; every call's status is checked here.</summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private const int MaximumResults = 8;
    private nint _handle;

    internal string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>For operators with one tensor as their result.</summary>
    [SkipLocalsInit]
    internal Tensor Call(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        int produced = Invoke(arguments, results);
        if (produced < 1 || results[0].Tag != NativeTag.Tensor)
            throw new TorchException(TorchErrorIds.Operator, $"{Name} gives no tensor");
        Tensor first = new((nint)results[0].Pointer);
        for (int i = 1; i < produced; i++) Discard(results[i]);
        OperatorTrace.Record(this, arguments, first);
        return first;
    }

    /// <summary>For operators with several tensors as their result, or a list of them; absent ones are null.</summary>
    [SkipLocalsInit]
    internal Tensor?[] CallMany(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        int produced = Invoke(arguments, results);
        List<Tensor?> tensors = [];
        for (int i = 0; i < produced; i++)
        {
            if (results[i].Tag != NativeTag.Tensors)
            {
                tensors.Add(results[i].Tag == NativeTag.Tensor && results[i].Pointer != null ? new Tensor((nint)results[i].Pointer) : null);
                continue;
            }
            for (long item = 0; item < results[i].Length; item++) tensors.Add(new Tensor(((nint*)results[i].Pointer)[item]));
            NativeMethods.Free(results[i].Pointer);
        }
        OperatorTrace.Record(this, arguments, [.. tensors]);
        return [.. tensors];
    }

    /// <summary>For operators that work in place or give nothing.</summary>
    [SkipLocalsInit]
    internal void Run(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        int produced = Invoke(arguments, results);
        for (int i = 0; i < produced; i++) Discard(results[i]);
        OperatorTrace.Record(this, arguments);
    }

    /// <summary>For operators that give a number or a truth value.</summary>
    [SkipLocalsInit]
    internal double CallNumber(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        _ = Invoke(arguments, results);
        OperatorTrace.Record(this, arguments);
        return results[0].Tag == NativeTag.Double ? results[0].Number : results[0].Integer;
    }

    /// <summary>For operators that give a whole number or a truth value; a fraction is cut off.</summary>
    [SkipLocalsInit]
    internal long CallInteger(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        _ = Invoke(arguments, results);
        OperatorTrace.Record(this, arguments);
        return results[0].Tag == NativeTag.Double ? (long)results[0].Number : results[0].Integer;
    }

    /// <summary>For operators that give a text.</summary>
    [SkipLocalsInit]
    internal string CallText(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        _ = Invoke(arguments, results);
        string text = Encoding.UTF8.GetString((byte*)results[0].Pointer, checked((int)results[0].Length));
        Discard(results[0]);
        OperatorTrace.Record(this, arguments);
        return text;
    }

    private static void Discard(in NativeValue result)
    {
        if (result.Tag == NativeTag.Tensor) NativeMethods.TensorRelease((nint)result.Pointer);
        else if (result.Tag == NativeTag.String) NativeMethods.Free(result.Pointer);
        else if (result.Tag == NativeTag.Tensors)
        {
            for (long item = 0; item < result.Length; item++) NativeMethods.TensorRelease(((nint*)result.Pointer)[item]);
            NativeMethods.Free(result.Pointer);
        }
    }

    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Value> arguments, NativeValue* results)
    {
        if (_handle == 0) Find();
        int words = 0;
        foreach (ref readonly Value argument in arguments) words += WordsOf(argument);
        long* scratch = stackalloc long[words + 1];      // lists and texts lie here for the time of the call: nothing is pinned
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        for (int i = 0; i < arguments.Length; i++) values[i] = Marshal(arguments[i], ref scratch);

        int produced;
        NativeStatus status = NativeMethods.Call(_handle, values, arguments.Length, results, MaximumResults, &produced);
        GC.KeepAlive(this);
        return status == NativeStatus.Ok ? produced : throw Refused(arguments);
    }

    private void Find()
    {
        Runtime.Start();
        Native.Check(NativeMethods.OperatorFind(name, overload, out nint handle), $"finding operator {Name}");
        Volatile.Write(ref _handle, handle);
    }

    private static int WordsOf(in Value argument) => argument.Item switch
    {
        long[] items => items.Length,
        string text => (Encoding.UTF8.GetByteCount(text) + 7) / 8,
        IReadOnlyList<Tensor?> items => items.Count,
        _ => 0,
    };

    private NativeValue Marshal(in Value argument, ref long* scratch)
    {
        NativeValue value = new() { Tag = argument.Tag, Integer = argument.Integer };
        switch (argument.Item)
        {
            case Tensor tensor:
                value.Integer = HandleOf(tensor);
                break;
            case long[] items:
                items.CopyTo(new Span<long>(scratch, items.Length));
                value.Pointer = scratch;
                value.Length = items.Length;
                scratch += items.Length;
                break;
            case string text:
                value.Length = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Encoding.UTF8.GetByteCount(text)));
                value.Pointer = scratch;
                scratch += (value.Length + 7) / 8;
                break;
            case IReadOnlyList<Tensor?> items:
                value.Pointer = scratch;
                value.Length = items.Count;
                for (int i = 0; i < items.Count; i++) *scratch++ = items[i] is { } item ? HandleOf(item) : 0;
                break;
            case long index:             // a device's index
                value.Length = index;
                break;
        }
        return value;
    }

    private nint HandleOf(Tensor tensor) => !tensor.IsFreed ? tensor.Handle
        : throw new TorchException(TorchErrorIds.Disposed, $"{Name} was given a freed tensor: the scope that it was made in has closed",
            fix: "hand it out of the scope with TensorScope.Keep, or Clone it outside");

    private TorchException Refused(ReadOnlySpan<Value> arguments)
    {
        string reason = Native.LastError();
        List<string> shapes = [];
        foreach (ref readonly Value argument in arguments)
        {
            if (argument.Item is Tensor tensor) shapes.Add(tensor.ToString());
            else if (argument.Item is IReadOnlyList<Tensor?> list) shapes.Add($"({string.Join("; ", list)})");
        }
        return new TorchException(TorchErrorIds.Operator,
            $"{Name} refused its arguments: {reason}{(shapes.Count == 0 ? "" : $"\n  arguments: {string.Join(", ", shapes)}")}");
    }
}
