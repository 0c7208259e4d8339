using MocoSharp.Torch;

namespace MocoSharp;

/// <summary>Work for libtorch away from the caller's thread.</summary>
internal static class LibtorchThread
{
    /// <summary>Runs it on a thread of its own with the caller's number of libtorch threads, which libtorch keeps a thread.</summary>
    internal static Task<T> Run<T>(Func<T> work, CancellationToken cancel = default)
    {
        int threads = Runtime.Threads;
        return Task.Factory.StartNew(
            () =>
            {
                Runtime.Threads = threads;
                return work();
            },
            cancel, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }
}
