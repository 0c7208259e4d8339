namespace MocoSharp.Imaging.Augment;

/// <summary>An interval from which an augmentation draws. Its default value, 0 to 0, stands for "not given".</summary>
/// <param name="Low">Lowest value.</param>
/// <param name="High">Highest value, at least <paramref name="Low"/>.</param>
public readonly record struct Range(float Low, float High) : IInterval
{
    double IInterval.Least => Low;

    double IInterval.Most => High;

    /// <summary>Lets a pair be written where an interval is meant: <c>Area: (0.2f, 1f)</c>.</summary>
    public static implicit operator Range((float Low, float High) pair) => new(pair.Low, pair.High);

    /// <summary>An interval from a pair.</summary>
    public static Range FromValueTuple((float Low, float High) pair) => pair;

    /// <inheritdoc/>
    public override string ToString() => $"{Low} .. {High}";

    internal Range Or(float low, float high) => this == default ? new Range(low, high) : this;

    internal float Draw(ref Rng rng) => rng.NextSingle(Low, High);
}
