using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Watches over updates from a thread of its own, and says once what is at work in one that takes very much longer than
/// usual.</summary>
/// <remarks>A kernel that never returns would otherwise look like a training that is still busy.</remarks>
internal sealed class StepWatch : IDisposable
{
    private const int Times = 100, Remembered = 64;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1), s_least = TimeSpan.FromSeconds(10),
        s_first = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly Func<string> _activity;
    private readonly Action<string> _warn;
    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _usual = new();
    private readonly ITimer _timer;
    private long? _began;
    private bool _isSaid;

    /// <summary>Begins to watch.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Told on the watch's own thread.</param>
    /// <param name="activity">What is at work now; libtorch's by default.</param>
    internal StepWatch(TimeProvider time, Action<string> warn, Func<string>? activity = null)
    {
        (_time, _warn, _activity) = (time, warn, activity ?? (static () => Runtime.Activity));
        _timer = time.CreateTimer(_ => Look(), null, s_period, s_period);
    }

    /// <summary>An update begins.</summary>
    internal void Begin()
    {
        lock (_lock) (_began, _isSaid) = (_time.GetTimestamp(), false);
    }

    /// <summary>It is done.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (_began is not { } began) return;
            _usual.Enqueue(_time.GetElapsedTime(began));
            if (_usual.Count > Remembered) _usual.Dequeue();
            _began = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        string text;
        lock (_lock)
        {
            if (_began is not { } began || _isSaid) return;
            TimeSpan taken = _time.GetElapsedTime(began);
            TimeSpan? usual = _usual.Count == 0 ? null : _usual.Order().ElementAt(_usual.Count / 2);
            TimeSpan limit = usual is { } median ? TimeSpan.FromTicks(Math.Max(s_least.Ticks, Times * median.Ticks)) : s_first;
            if (taken < limit) return;
            _isSaid = true;
            text = FormattableString.Invariant($"this update has taken {taken.TotalSeconds:f0} s")
                + (usual is { } known ? FormattableString.Invariant($", more than {Times} times the usual {known.TotalSeconds:g2} s") : "")
                + $"; at work: {_activity()}. If it does not end, stop the process (Ctrl+C twice); the newest checkpoint is kept, and "
                + $"'moco resume' goes on from it";
        }
        _warn(text);
    }
}
