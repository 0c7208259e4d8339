namespace MocoSharp;

/// <summary>Work for libtorch away from the caller's thread.</summary>
internal static class LibtorchThread
{
    /// <summary>Runs it on a thread of its own: libtorch counts its threads a thread, and one of a pool may still have an older count.</summary>
    internal static Task<T> Run<T>(Func<T> work, CancellationToken cancel = default) =>
        Task.Factory.StartNew(work, cancel, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
