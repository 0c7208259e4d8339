namespace MocoSharp.Torch;

/// <summary>Frees the tensors that are made while it is open. Scopes nest; each belongs to one thread.</summary>
/// <remarks>Open one where work repeats (a training step, an evaluation batch, a test) and nowhere else.
/// A tensor made outside every scope lives until <see cref="Tensor.Dispose"/>.</remarks>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    private readonly List<Tensor> _tensors = [];
    private readonly TensorScope? _outer;
    private bool _closed;

    private TensorScope() => (_outer, s_current) = (s_current, this);

    /// <summary>Opens a scope on this thread.</summary>
    public static TensorScope Begin() => new();

    /// <summary>Runs the work in a scope of its own and hands its result, the one survivor, to the enclosing scope.</summary>
    public static Tensor Keep(Func<Tensor> work) => Keep(work, static tensor => [tensor]);

    /// <summary>As <see cref="Keep(Func{Tensor})"/>, for a result that holds several tensors.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="tensorsOf">The tensors in the result that survive.</param>
    public static T Keep<T>(Func<T> work, Func<T, IEnumerable<Tensor>> tensorsOf)
    {
        TensorScope scope = Begin();
        try
        {
            T result = work();
            foreach (Tensor tensor in tensorsOf(result)) scope.Release(tensor);
            return result;
        }
        finally
        {
            scope.Dispose();
        }
    }

    /// <summary>One of several steps that follow each other. Where no graph is recorded, whatever it makes on the way is freed at its end,
    /// and what the step before made as soon as it has been used: a network's memory is then that of its widest place and not of all of
    /// them.</summary>
    /// <param name="x">What the step works on.</param>
    /// <param name="isLast">Whether this step is the last that uses <paramref name="x"/>.</param>
    /// <param name="step">What it does.</param>
    public static Tensor Next(Tensor x, bool isLast, Func<Tensor, Tensor> step)
    {
        if (GradMode.IsOn) return step(x);
        Tensor y = Keep(() => step(x));
        if (isLast && !ReferenceEquals(x, y)) x.Dispose();
        return y;
    }

    /// <summary>Closes the scope and frees what is still in it.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or another thread closes it.</exception>
    public void Dispose()
    {
        if (_closed) return;
        if (s_current != this) throw new InvalidOperationException(
            "a tensor scope is closed while an inner one is open, or on another thread");
        _closed = true;
        s_current = _outer;
        foreach (Tensor tensor in _tensors)
            if (tensor.Scope == this) tensor.Dispose();
    }

    internal static void Register(Tensor tensor)
    {
        if (s_current is not { } scope) return;
        tensor.Scope = scope;
        scope._tensors.Add(tensor);
    }

    private void Release(Tensor tensor)
    {
        if (tensor.Scope != this) return;
        tensor.Scope = _outer;
        _outer?._tensors.Add(tensor);
    }
}
