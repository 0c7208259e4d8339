using System.Runtime.InteropServices;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>A differentiable function whose gradient is written in C#.</summary>
public static unsafe class AutogradFunction
{
    // libtorch carries only its text through the engine, and runs a device's part of a pass on a thread of its own
    private static Exception? s_failure;

    private sealed record Node(Func<Tensor?[], Tensor?[]> Backward, Tensor[] Saved);

    /// <summary>Computes outputs from inputs without a graph and makes them the results of one node over the inputs.</summary>
    /// <param name="inputs">What gradients may flow to.</param>
    /// <param name="forward">Gives the outputs; runs without a graph. They must be new tensors, not the inputs themselves.</param>
    /// <param name="backward">From the outputs' gradients (null: none came) and the saved tensors to the inputs' (null: none), one an
    /// input.</param>
    /// <param name="save">From the outputs to the tensors that <paramref name="backward"/> needs: kept alive until the backward pass is
    /// over or the graph is dropped. Capture no tensor of a scope in <paramref name="backward"/> that may close before; save it
    /// here.</param>
    /// <returns>The outputs. Constants when no input requires a gradient, or inside <see cref="GradMode.Off"/>.</returns>
    public static Tensor[] Apply(
        Tensor[] inputs, Func<Tensor[]> forward, Func<Tensor?[], Tensor[], Tensor?[]> backward, Func<Tensor[], Tensor[]>? save = null)
    {
        Tensor[] outputs, saved;
        using (GradMode.Off())
        {
            outputs = TensorScope.Keep(forward, static tensors => tensors);
            saved = [.. (save?.Invoke(outputs) ?? []).Select(static tensor => tensor.Detach().DetachFromScope())];
        }
        Node node = new(grads => backward(grads, saved), saved);
        nint context = GCHandle.ToIntPtr(GCHandle.Alloc(node));
        nint* inputHandles = stackalloc nint[inputs.Length], outputHandles = stackalloc nint[outputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputHandles[i] = inputs[i].Handle;
        for (int i = 0; i < outputs.Length; i++) outputHandles[i] = outputs[i].Handle;
        Native.Check(
            NativeMethods.AttachNode(inputHandles, inputs.Length, outputHandles, outputs.Length, &Backward, &Release, context),
            "attaching an autograd function");
        return outputs;
    }

    internal static void RunBackward(Tensor root, Tensor? gradient)
    {
        Volatile.Write(ref s_failure, null);
        NativeStatus status = NativeMethods.Backward(root.Handle, gradient?.Handle ?? 0);
        if (status != NativeStatus.Ok)
            throw new TorchException(TorchErrorIds.NativeCall, $"the backward pass of {root} failed: {Native.LastError()}",
                inner: Interlocked.Exchange(ref s_failure, null));
    }

    [UnmanagedCallersOnly]
    private static int Backward(nint context, nint* outputGrads, int outputs, nint* inputGrads, int inputs)
    {
        try
        {
            Node node = (Node)GCHandle.FromIntPtr(context).Target!;
            using TensorScope scope = TensorScope.Begin();
            using GradMode off = GradMode.Off();
            Tensor?[] given = new Tensor?[outputs];
            for (int i = 0; i < outputs; i++) given[i] = outputGrads[i] == 0 ? null : new Tensor(outputGrads[i]);
            Tensor?[] made = node.Backward(given);
            if (made.Length != inputs)
                throw new InvalidOperationException($"a backward function gave {made.Length} gradients for {inputs} inputs");
            for (int i = 0; i < inputs; i++) inputGrads[i] = made[i] is { } grad ? grad.Detach().GiveAway() : 0;
            return 0;
        }
#pragma warning disable CA1031 // nothing may be thrown across the ABI: the text becomes a C++ exception on the other side
        catch (Exception error)
#pragma warning restore CA1031
        {
            Volatile.Write(ref s_failure, error);
            Native.KeepError(error);
            return 1;
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint context)
    {
        GCHandle handle = GCHandle.FromIntPtr(context);
        foreach (Tensor tensor in ((Node)handle.Target!).Saved) tensor.Dispose();
        handle.Free();
    }
}
