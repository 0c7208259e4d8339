namespace MocoSharp.Training;

/// <summary>Counts pictures and time: rate, share of waiting, time left.</summary>
/// <remarks>A clock may jump: no span is below 0 or above 31 years.</remarks>
internal sealed class TrainingMeter(TimeProvider time)
{
    private const int Window = 20;
    private const double MostSeconds = 1e9;
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
    internal double Seconds => Since(_started);

    /// <summary>Seconds since a timestamp of the clock.</summary>
    internal double Since(long timestamp) => Math.Clamp(time.GetElapsedTime(timestamp).TotalSeconds, 0, MostSeconds);

    /// <summary>How long so many pictures take at the last updates' rate.</summary>
    internal TimeSpan TimeFor(double pictures) => TimeSpan.FromSeconds(Math.Min(pictures / Math.Max(RecentRate, 1e-9), MostSeconds));

    /// <summary>Pictures a second since <see cref="Begin"/>.</summary>
    internal double Rate => _pictures / Math.Max(Seconds, 1e-9);

    /// <summary>Pictures a second over the last updates.</summary>
    internal double RecentRate
    {
        get
        {
            (long at, long pictures) = _recent.Peek();
            return (_pictures - pictures) / Math.Max(Since(at), 1e-9);
        }
    }

    internal double WaitFraction(TimeSpan waited) => Math.Clamp((waited - _waitedBefore).TotalSeconds / Math.Max(Seconds, 1e-9), 0, 1);
}
