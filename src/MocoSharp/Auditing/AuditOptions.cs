namespace MocoSharp.Auditing;

/// <summary>The limits of an audit that are a matter of taste.</summary>
/// <param name="Spread">How many robust standard deviations from the set's median (1.4826 times the median of the absolute differences from
/// it) make sizes, shapes and distances odd; 1 or more.</param>
/// <param name="Neighbors">k: how many of the pictures most like it are asked about a picture's label; the distance of the last one tells
/// how far it is from all others; 3 or more.</param>
/// <param name="Share">The share of these that must have one other label, above 0.5 and up to 1.</param>
/// <param name="Few">A class with fewer pictures is small; 1 or more.</param>
public sealed record AuditOptions(double Spread = 5, int Neighbors = 10, double Share = 0.8, int Few = 10)
{
    /// <summary>The largest class may have so many times the pictures of the smallest.</summary>
    public const double MostImbalance = 10;

    /// <exception cref="OptionException">One of them is out of range.</exception>
    internal AuditOptions Checked()
    {
        OptionException.Require(Spread is >= 1 && double.IsFinite(Spread), "spread", Spread, "a number of 1 or more");
        OptionException.Require(Neighbors >= 3, "neighbors", Neighbors, "a whole number of 3 or more");
        OptionException.Require(Share is > 0.5 and <= 1, "share", Share, "a number above 0.5 and up to 1");
        OptionException.Require(Few >= 1, "few", Few, "a whole number of 1 or more");
        return this;
    }
}
