namespace MocoSharp.Torch.Layers;

/// <summary>Tells an observer of each layer without parts as it computes: for summaries. Costs a null check where nobody listens.</summary>
public static class LayerTrace
{
    [ThreadStatic]
    private static Action<Layer, Tensor, Tensor>? s_observer;

    /// <summary>Runs work of this thread and tells of its layers.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="observer">Gets the layer, its input and its output, in the order in which they compute. The tensors may be freed once
    /// it returns.</param>
    public static void Run(Action work, Action<Layer, Tensor, Tensor> observer)
    {
        Action<Layer, Tensor, Tensor>? before = s_observer;
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

    internal static bool IsOn => s_observer is not null;

    internal static void Record(Layer layer, Tensor x, Tensor y) => s_observer?.Invoke(layer, x, y);
}
