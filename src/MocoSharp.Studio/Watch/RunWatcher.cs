using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MocoSharp.Studio.Watch;

/// <summary>Looks at the runs once a second while a page is open, and tells the pages what has changed.</summary>
internal sealed class RunWatcher : IAsyncDisposable
{
    private const int MostPages = 32, MostWaiting = 256;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly RunList _runs;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<Channel<SseItem<object>>> _pages = [];
    private readonly Dictionary<string, RunSummary> _told = [];
    private readonly Task _loop;

    internal RunWatcher(RunList runs, TimeProvider time)
    {
        (_runs, _time) = (runs, time);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Tells all pages of something.</summary>
    /// <param name="kind">run, gone or job.</param>
    /// <param name="what">A document.</param>
    internal void Tell(string kind, object what)
    {
        lock (_lock)
            foreach (Channel<SseItem<object>> page in _pages) page.Writer.TryWrite(new SseItem<object>(what, kind));
    }

    /// <summary>What happens from now on, until the page or the studio is closed. The first item is all runs.</summary>
    /// <exception cref="MocoException">MS5328: too many pages are open.</exception>
    internal async IAsyncEnumerable<SseItem<object>> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        // a page that does not read loses the oldest news, and the studio no memory
        Channel<SseItem<object>> page = Channel.CreateBounded<SseItem<object>>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (_pages.Count == MostPages)
                throw new MocoException(StudioErrorIds.WrongState, $"{MostPages} pages are open", fix: "close one of them");
            _pages.Add(page);
        }
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        try
        {
            yield return new SseItem<object>(_runs.All().Select(static run => run.Summary()).ToArray(), "runs");
            while (await Waits(page, both.Token))
                while (page.Reader.TryRead(out SseItem<object> item)) yield return item;
        }
        finally
        {
            lock (_lock) _pages.Remove(page);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private static async Task<bool> Waits(Channel<SseItem<object>> page, CancellationToken end)
    {
        try
        {
            return await page.Reader.WaitToReadAsync(end);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(s_period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                lock (_lock)
                    if (_pages.Count == 0) continue;
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // the studio ends
        }
    }

    private void Look()
    {
        Dictionary<string, RunSummary> now = _runs.All().Select(static run => run.Summary()).ToDictionary(static run => run.Id);
        foreach (RunSummary run in now.Values)
            if (!_told.TryGetValue(run.Id, out RunSummary? before) || before != run) Tell("run", run);
        foreach (string gone in _told.Keys.Except(now.Keys).ToArray())
        {
            _told.Remove(gone);
            Tell("gone", gone);
        }
        foreach ((string id, RunSummary run) in now) _told[id] = run;
    }
}
