using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>How features of pictures lie on the unit sphere: whether two views of a picture meet, how evenly different pictures are
/// spread, and in how many directions. Needs no labels.</summary>
/// <param name="Features">Which of the network's numbers: backbone, projected.</param>
/// <param name="Pictures">N, 2 or more: pictures that were looked at.</param>
/// <param name="Dimensions">D.</param>
/// <param name="Alignment">The mean squared distance between two views of a picture, 0 to 4; 0 when they meet.</param>
/// <param name="Uniformity">The log of the mean of exp(−2 d²) over all pairs of different pictures, d their distance. 0 when all lie in
/// one point; about −4 when they are spread evenly over a sphere of many dimensions.</param>
/// <param name="Positives">The cosines of two views of a picture, one a picture.</param>
/// <param name="Negatives">The cosines of different pictures, one a pair.</param>
/// <param name="Separation">How often two views of a picture are more alike than two pictures, 0 to 1; 0.5 by chance.</param>
/// <param name="SingularValues">Of the features as a matrix [N, D] as they are, neither centered nor scaled, as shares of their sum; the
/// largest first.</param>
/// <param name="EffectiveRank">RankMe, 1 to min(N, D): in how many directions features differ.</param>
/// <param name="Spread">The standard deviation of a coordinate on the sphere times √D: 1 when evenly spread, 0 in one point.</param>
/// <remarks>Alignment and uniformity: Wang and Isola 2020, arXiv:2005.10242, eq. 3 and 4 with α 2 and t 2. Effective rank: Garrido et al.
/// 2023, arXiv:2210.02885, eq. 1. Spread: Chen and He 2021, arXiv:2011.10566, section 4.1.</remarks>
public sealed record FeatureGeometry(
    string Features, int Pictures, int Dimensions, double Alignment, double Uniformity, SimilarityHistogram Positives,
    SimilarityHistogram Negatives, double Separation, IReadOnlyList<double> SingularValues, double EffectiveRank, double Spread)
{
    /// <summary>Different pictures whose features are more alike than this cosine, in the mean, count as one point.</summary>
    public const double CompleteLimit = 0.99;

    /// <summary>Features whose effective rank is below this share of the largest possible one count as flat.</summary>
    public const double DimensionalLimit = 0.1;

    private const double LogOffset = 1e-7;      // RankMe's ε
    private const int Parts = 16;               // of the pairs: a fixed number, so that sums do not depend on threads

    /// <summary>The largest rank that so many pictures and dimensions allow.</summary>
    public int LargestRank => Math.Min(Pictures, Dimensions);

    /// <summary>Whether features have collapsed. The limits are conventions: they tell the extremes apart, not good from better.</summary>
    public Collapse Collapse => Negatives.Mean > CompleteLimit ? Collapse.Complete
        : EffectiveRank < DimensionalLimit * LargestRank ? Collapse.Dimensional : Collapse.None;

    /// <summary>Measures features.</summary>
    /// <param name="first">One view of each picture, [N, D]; rows of any length but 0.</param>
    /// <param name="second">Another view of the same pictures, in the same order.</param>
    /// <param name="plain">The pictures with nothing random, in the same order: their spectrum is taken.</param>
    /// <param name="name">Which features they are.</param>
    /// <param name="cancel">Stops between rows.</param>
    /// <exception cref="MocoException">MS5001: the sets do not fit together, or hold fewer than two pictures.</exception>
    public static FeatureGeometry Of(FeatureSet first, FeatureSet second, FeatureSet plain, string name,
        CancellationToken cancel = default)
    {
        if (first.Count < 2 || first.Count != second.Count || first.Count != plain.Count || first.Dimensions != second.Dimensions
            || first.Dimensions != plain.Dimensions)
            throw new MocoException(ErrorIds.FeatureShape,
                $"features of {first.Count}, {second.Count} and {plain.Count} pictures in {first.Dimensions}, {second.Dimensions} and "
                + $"{plain.Dimensions} dimensions are not three views of two pictures or more",
                fix: "make all three of the same pictures with the same network");
        float[] one = Units(first), other = Units(second);
        int count = first.Count, dimensions = first.Dimensions;
        double[] same = [.. Enumerable.Range(0, count).Select(i => Cosine(one, i, other, i, dimensions)).Order()];
        SimilarityHistogram positives = new();
        foreach (double cosine in same) positives.Add(cosine);
        PairSums pairs = Pairs(one, count, dimensions, same, cancel);
        double[] shares = Shares(plain);
        return new FeatureGeometry(name, count, dimensions, 2 - 2 * positives.Mean, Math.Log(pairs.Potential / pairs.Cosines.Count),
            positives, pairs.Cosines, pairs.Wins / pairs.Cosines.Count / count, shares, Rank(shares), SpreadOf(one, count, dimensions));
    }

    private static PairSums Pairs(float[] rows, int count, int dimensions, double[] same, CancellationToken cancel)
    {
        PairSums[] parts = [.. Enumerable.Range(0, Parts).Select(static _ => new PairSums())];
        Parallel.For(0, Parts, new ParallelOptions { CancellationToken = cancel }, part =>
        {
            for (int i = part; i < count; i += Parts)
            {
                cancel.ThrowIfCancellationRequested();
                for (int j = i + 1; j < count; j++) parts[part].Add(Cosine(rows, i, rows, j, dimensions), same);
            }
        });
        PairSums all = new();
        foreach (PairSums part in parts) all.Add(part);
        return all;
    }

    private static double[] Shares(FeatureSet features)
    {
        using Torch.TensorScope scope = Torch.TensorScope.Begin();
        double[] values = Torch.Tensor.From(features.Values, features.Count, features.Dimensions).To(Torch.DType.Float64).SingularValues()
            .ToArray<double>();
        double sum = values.Sum();
        return [.. values.Select(value => sum > 0 ? value / sum : 0)];
    }

    private static double Rank(double[] shares) =>
        Math.Exp(-shares.Select(static share => share + LogOffset).Sum(static share => share * Math.Log(share)));

    private static double SpreadOf(float[] rows, int count, int dimensions)
    {
        double sum = 0;
        for (int d = 0; d < dimensions; d++)
        {
            double mean = 0, squares = 0;
            for (int i = 0; i < count; i++) mean += rows[i * dimensions + d];
            mean /= count;
            for (int i = 0; i < count; i++) squares += Math.Pow(rows[i * dimensions + d] - mean, 2);
            sum += Math.Sqrt(squares / (count - 1));
        }
        return sum / dimensions * Math.Sqrt(dimensions);
    }

    private static float[] Units(FeatureSet set)
    {
        float[] units = new float[set.Values.Length];
        for (int i = 0; i < set.Count; i++)
            TensorPrimitives.Divide(set.Row(i), Math.Max(TensorPrimitives.Norm(set.Row(i)), 1e-12f),
                units.AsSpan(i * set.Dimensions, set.Dimensions));
        return units;
    }

    private static double Cosine(float[] left, int i, float[] right, int j, int dimensions) => Math.Clamp(
        TensorPrimitives.Dot<float>(left.AsSpan(i * dimensions, dimensions), right.AsSpan(j * dimensions, dimensions)), -1, 1);
}

/// <summary>Whether features still tell pictures apart.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Collapse>))]
public enum Collapse
{
    /// <summary>They do.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>They differ in few of their directions: see <see cref="FeatureGeometry.DimensionalLimit"/>.</summary>
    [JsonStringEnumMemberName("dimensional")]
    Dimensional,

    /// <summary>They are nearly the same for all pictures: see <see cref="FeatureGeometry.CompleteLimit"/>.</summary>
    [JsonStringEnumMemberName("complete")]
    Complete,
}
