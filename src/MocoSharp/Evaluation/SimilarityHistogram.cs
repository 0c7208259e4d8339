namespace MocoSharp.Evaluation;

/// <summary>How often cosines fall where: bins of equal width from −1 to 1.</summary>
public sealed class SimilarityHistogram
{
    private const int BinCount = 80;
    private readonly long[] _bins = new long[BinCount];
    private double _sum;

    internal SimilarityHistogram()
    {
    }

    /// <summary>The bins' counts; bin b of B begins at −1 + 2 b / B.</summary>
    public IReadOnlyList<long> Bins => _bins;

    /// <summary>Cosines that were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Their mean.</summary>
    public double Mean => _sum / Count;

    internal void Add(double cosine)
    {
        _bins[Math.Min((int)((cosine + 1) / 2 * BinCount), BinCount - 1)]++;
        _sum += cosine;
        Count++;
    }

    internal void Add(SimilarityHistogram other)
    {
        for (int bin = 0; bin < BinCount; bin++) _bins[bin] += other._bins[bin];
        _sum += other._sum;
        Count += other.Count;
    }
}
