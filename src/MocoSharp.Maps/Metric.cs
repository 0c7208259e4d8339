namespace MocoSharp.Maps;

/// <summary>How far two points are apart.</summary>
public enum Metric
{
    /// <summary>The length of their difference.</summary>
    Euclidean,

    /// <summary>1 − the cosine of the angle between them, 0 to 2. A row of zeros has distance 0 to other rows of zeros and 1 to all
    /// others.</summary>
    Cosine,
}
