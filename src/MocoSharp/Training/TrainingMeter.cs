namespace MocoSharp.Training;

/// <summary>Counts pictures and time: rate, share of waiting, time left.</summary>
internal sealed class TrainingMeter(TimeProvider time)
{
    private const int Window = 20;
    private readonly Queue<(long At, long Pictures)> _recent = new();
    private long _started, _pictures;
    private TimeSpan _waitedBefore;

    /// <summary>Starts an epoch, or what is left of it.</summary>
    internal void Begin(TimeSpan waited)
    {
        _recent.Clear();
        (_started, _pictures, _waitedBefore) = (time.GetTimestamp(), 0, waited);
        _recent.Enqueue((_started, 0));
    }

    internal void Add(int pictures)
    {
        _pictures += pictures;
        _recent.Enqueue((time.GetTimestamp(), _pictures));
        if (_recent.Count > Window + 1) _recent.Dequeue();
    }

    /// <summary>Seconds since <see cref="Begin"/>.</summary>
    internal double Seconds => time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Pictures a second since <see cref="Begin"/>.</summary>
    internal double Rate => _pictures / Math.Max(Seconds, 1e-9);

    /// <summary>Pictures a second over the last updates.</summary>
    internal double RecentRate
    {
        get
        {
            (long at, long pictures) = _recent.Peek();
            return (_pictures - pictures) / Math.Max(time.GetElapsedTime(at).TotalSeconds, 1e-9);
        }
    }

    internal double WaitFraction(TimeSpan waited) => Math.Clamp((waited - _waitedBefore).TotalSeconds / Math.Max(Seconds, 1e-9), 0, 1);
}
