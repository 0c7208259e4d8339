using MocoSharp.Torch.Interop;
using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

/// <summary>Tells an observer of each operator of libtorch as it runs: what a network computes, whatever it is written as. Costs a null
/// check where nobody listens.</summary>
/// <remarks>Memory that is read or written directly (<see cref="Tensor.DataPointer"/>, <see cref="Tensor.FromMemory"/>) is no operator: a
/// tensor that no call gave has come that way.</remarks>
public static class OperatorTrace
{
    [ThreadStatic]
    private static Action<OperatorCall>? s_observer;

    /// <summary>Runs work of this thread and tells of its operators.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="observer">Gets each call once it is done. What it computes itself is not told of.</param>
    public static void Run(Action work, Action<OperatorCall> observer)
    {
        Action<OperatorCall>? before = s_observer;
        s_observer = observer;
        try
        {
            work();
        }
        finally
        {
            s_observer = before;
        }
    }

    internal static void Record(Op op, ReadOnlySpan<Value> arguments, params ReadOnlySpan<Tensor?> results)
    {
        if (s_observer is not { } observer) return;
        object?[] plain = new object?[arguments.Length];
        for (int i = 0; i < plain.Length; i++) plain[i] = PlainOf(arguments[i]);
        s_observer = null;
        try
        {
            observer(new OperatorCall(op.Name, plain, results.ToArray()));
        }
        finally
        {
            s_observer = observer;
        }
    }

    private static object? PlainOf(in Value value) => value.Tag switch
    {
        NativeTag.Int => value.Integer,
        NativeTag.Double => BitConverter.Int64BitsToDouble(value.Integer),
        NativeTag.Bool => value.Integer != 0,
        NativeTag.Device => null,
        _ => value.Item,
    };
}

/// <summary>One call of an operator.</summary>
/// <param name="Name">Its name and overload: <c>aten::add.Tensor</c>.</param>
/// <param name="Arguments">In the schema's order: <see cref="Tensor"/>, a list of them, <c>long</c>, <c>long[]</c>, <c>double</c>,
/// <c>bool</c>, <c>string</c>; null for absent ones and devices. Those behind the last given one have the schema's defaults.</param>
/// <param name="Results">Its tensors.</param>
public sealed record OperatorCall(string Name, IReadOnlyList<object?> Arguments, IReadOnlyList<Tensor?> Results);
