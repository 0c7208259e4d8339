using MocoSharp.Torch;

namespace MocoSharp.Studio;

/// <summary>Work that computes, on a thread of its own that gives way: a training beside it keeps its processors.</summary>
internal static class QuietThread
{
    private static readonly SemaphoreSlim s_turn = new(1);

    /// <summary>Runs it when the work before it has ended.</summary>
    /// <param name="work">It.</param>
    /// <param name="cancel">Stops waiting.</param>
    internal static async Task<T> Run<T>(Func<T> work, CancellationToken cancel)
    {
        await s_turn.WaitAsync(cancel);
        try
        {
            return await Task.Factory.StartNew(
                () =>
                {
                    Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
                    Runtime.Threads = 1;
                    return work();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        }
        finally
        {
            s_turn.Release();
        }
    }
}
