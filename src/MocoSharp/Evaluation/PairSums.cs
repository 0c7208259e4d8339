namespace MocoSharp.Evaluation;

/// <summary>What is added up over pairs of different pictures.</summary>
internal sealed class PairSums
{
    /// <summary>The pairs' cosines.</summary>
    internal SimilarityHistogram Cosines { get; } = new();

    /// <summary>The sum of exp(−2 d²).</summary>
    internal double Potential { get; private set; }

    /// <summary>How many of the cosines of two views of a picture are above, equal ones counting a half, over all pairs.</summary>
    internal double Wins { get; private set; }

    /// <summary>Adds a pair.</summary>
    /// <param name="cosine">Its cosine.</param>
    /// <param name="same">Cosines of two views of a picture, rising.</param>
    internal void Add(double cosine, double[] same)
    {
        Cosines.Add(cosine);
        Potential += Math.Exp(-2 * (2 - 2 * cosine));
        int below = First(same, cosine, orEqual: false), upTo = First(same, cosine, orEqual: true);
        Wins += same.Length - upTo + 0.5 * (upTo - below);
    }

    internal void Add(PairSums other)
    {
        Cosines.Add(other.Cosines);
        Potential += other.Potential;
        Wins += other.Wins;
    }

    /// <summary>How many values are below a limit, or equal to it.</summary>
    private static int First(double[] rising, double limit, bool orEqual)
    {
        int low = 0, high = rising.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (rising[middle] < limit || orEqual && rising[middle] == limit) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
