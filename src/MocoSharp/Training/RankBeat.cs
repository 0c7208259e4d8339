using System.Globalization;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

/// <summary>Says all the time, from a thread of its own, that this rank lives and what it is at, so that the others can tell who does not
/// come.</summary>
internal sealed class RankBeat : IDisposable
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly Store _store;
    private readonly string _key;
    private readonly Peers _peers;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _count;

    /// <param name="store">A connection of its own: its calls may block while rank 0 is stopped.</param>
    /// <param name="key">Where.</param>
    /// <param name="peers">Know whether this rank waits.</param>
    /// <param name="time">The clock.</param>
    internal RankBeat(Store store, string key, Peers peers, TimeProvider time)
    {
        (_store, _key, _peers) = (store, key, peers);
        _timer = time.CreateTimer(_ => Tell(), null, TimeSpan.Zero, Period);
    }

    /// <summary>Updates made.</summary>
    internal long Step { get; set; }

    /// <summary>What a rank's last beat says; null where it is none.</summary>
    internal static (long Count, long Step, bool Waits)? Read(string? text) => text?.Split(' ') is [var count, var step, var waits]
        ? (long.Parse(count, CultureInfo.InvariantCulture), long.Parse(step, CultureInfo.InvariantCulture), waits == "waits") : null;

    public void Dispose()
    {
        _timer.Dispose();
        if (!_lock.TryEnter(Period)) return;       // a call that a stopped rank 0 does not answer
        try
        {
            _store.Dispose();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Tell()
    {
        if (!_lock.TryEnter()) return;             // the last one still is under way
        try
        {
            _store.Set(_key, string.Create(CultureInfo.InvariantCulture, $"{++_count} {Step} {(_peers.IsWaiting ? "waits" : "works")}"));
        }
        catch (Exception error) when (error is MocoException or ObjectDisposedException)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);     // rank 0 has gone: the next call to it says so
        }
        finally
        {
            _lock.Exit();
        }
    }
}
