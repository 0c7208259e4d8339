namespace MocoSharp;

/// <summary>A setting that is an interval: <see cref="BoundsAttribute"/> holds for both of its ends.</summary>
public interface IInterval
{
    /// <summary>The lower end.</summary>
    double Least { get; }

    /// <summary>The upper end.</summary>
    double Most { get; }
}
