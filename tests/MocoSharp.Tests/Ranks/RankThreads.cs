using System.Runtime.ExceptionServices;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Tests.Ranks;

/// <summary>Ranks as threads of this process, each with a gloo group of its own over the loopback.</summary>
internal static class RankThreads
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the work of all ranks at once and gives what each came to.</summary>
    internal static T[] Run<T>(int ranks, Func<Peers, T> work)
    {
        using Store store = Store.Open("127.0.0.1", 0, serves: true, s_patience);
        T[] results = new T[ranks];
        Exception?[] failures = new Exception?[ranks];
        int threads = Runtime.Threads;
        Thread[] all = [.. Enumerable.Range(0, ranks).Select(rank => new Thread(() => failures[rank] = Failure(() =>
        {
            Runtime.Threads = threads;
            using Store own = Store.Open("127.0.0.1", store.Port, serves: false, s_patience);
            using ProcessGroup group = ProcessGroup.Connect(own, "test", rank, ranks, s_patience, "lo");
            results[rank] = work(new Peers(group));
        })))];
        foreach (Thread thread in all) thread.Start();
        foreach (Thread thread in all) thread.Join();
        // a rank that fails takes the others along: the first cause is the one to tell
        Exception? failed = failures.OrderBy(static failure => failure is RankLostException or { InnerException: RankLostException })
            .FirstOrDefault(static failure => failure is not null);
        if (failed is not null) ExceptionDispatchInfo.Throw(failed);
        return results;
    }

    private static Exception? Failure(Action work)
    {
        try
        {
            work();
            return null;
        }
#pragma warning disable CA1031 // told by the caller's thread
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }
}
