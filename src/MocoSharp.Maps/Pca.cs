using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>The directions in which points vary most.</summary>
public sealed class Pca
{
    private const int Lanes = SubspaceIteration.Lanes, Degree = 6, Rounds = 200;
    private const double Tolerance = 1e-6;
    private readonly double[] _mean;

    private Pca(double[] mean, PointSet directions, double[] variances, double totalVariance, bool isConverged) =>
        (_mean, Directions, Variances, TotalVariance, IsConverged) = (mean, directions, variances, totalVariance, isConverged);

    /// <summary>[C, D] of unit length, the one of the greatest variance first. The value of greatest magnitude of each is
    /// positive.</summary>
    public PointSet Directions { get; }

    /// <summary>The variance along each direction, with N − 1 below the sum.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>The variance of all dimensions together.</summary>
    public double TotalVariance { get; }

    /// <summary>Whether the directions were found within the allowed steps; without it they hold most of the variance all the
    /// same.</summary>
    public bool IsConverged { get; }

    /// <summary>Finds the principal components.</summary>
    /// <param name="points">[N, D].</param>
    /// <param name="components">C, 1 to 4 and no more than D.</param>
    /// <param name="threads">1 or more; null takes all processors. The result does not depend on it.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MapException">There is no point.</exception>
    public static Pca Fit(PointSet points, int components = 2, int? threads = null, CancellationToken cancel = default)
    {
        int most = Math.Min(4, points.Dimensions);
        OptionException.Require(components >= 1 && components <= most, nameof(components), components, $"a number from 1 to {most}");
        OptionException.Require(threads is null or > 0, nameof(threads), threads, "a number of 1 or more");
        if (points.Count == 0) throw new MapException(ErrorIds.TooFewPoints, "there is no point", "pass one or more");
        return Fit(points, components, new Work(threads ?? Environment.ProcessorCount, cancel));
    }

    internal static Pca Fit(PointSet points, int components, Work work)
    {
        Covariance covariance = new(points, work);
        float[] start = new float[points.Dimensions * Lanes];
        for (int i = 0; i < start.Length; i++) start[i] = (float)Rng.For(0, Rng.Use.Eigenvectors, i).NextGaussian();
        Eigenvectors found = SubspaceIteration.Find(covariance, start, components, Degree, Rounds, Tolerance, work);
        float[] directions = new float[components * points.Dimensions];
        for (int c = 0; c < components; c++)
        {
            Span<float> direction = directions.AsSpan(c * points.Dimensions, points.Dimensions);
            for (int d = 0; d < direction.Length; d++) direction[d] = found.Vectors[d * Lanes + c];
            if (Largest(direction) < 0) foreach (ref float value in direction) value = -value;
        }
        return new Pca(covariance.Mean, new PointSet(directions, points.Dimensions),
            [.. found.Values.Take(components).Select(static value => Math.Max(0, value))], covariance.Trace(), found.IsConverged);
    }

    /// <summary>Where points lie along the directions, from the mean of those that were fitted.</summary>
    /// <param name="points">[M, D].</param>
    /// <returns>[M, C].</returns>
    /// <exception cref="MapException">They have other dimensions.</exception>
    public PointSet Transform(PointSet points)
    {
        if (points.Dimensions != _mean.Length)
        {
            throw new MapException(ErrorIds.OtherSet,
                $"the points have {points.Dimensions} dimensions, and the fitted ones {_mean.Length}",
                "make both with the same encoder");
        }
        float[] places = new float[points.Count * Directions.Count];
        for (int row = 0; row < points.Count; row++)
            for (int c = 0; c < Directions.Count; c++) places[row * Directions.Count + c] = (float)Along(points[row], Directions[c]);
        return new PointSet(places, Directions.Count);
    }

    private double Along(ReadOnlySpan<float> point, ReadOnlySpan<float> direction)
    {
        double sum = 0;
        for (int d = 0; d < point.Length; d++) sum += (point[d] - _mean[d]) * direction[d];
        return sum;
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values) if (Math.Abs(value) > Math.Abs(largest)) largest = value;
        return largest;
    }

    // Never built: a product goes through the points, twice.
    private sealed class Covariance : ISymmetricOperator
    {
        private const int Rows = 1024;
        private readonly PointSet _points;
        private readonly Work _work;
        private readonly float[] _mean;
        private readonly float[][] _parts;

        internal Covariance(PointSet points, Work work)
        {
            (_points, _work, _parts) = (points, work, new float[(points.Count + Rows - 1) / Rows][]);
            Mean = MeanOf(points, work);
            _mean = [.. Mean.Select(static value => (float)value)];
        }

        public int Size => _points.Dimensions;

        public double Lowest => 0;

        internal double[] Mean { get; }

        internal double Trace() => _work.Sum(_points.Count, Rows, (start, end) =>
        {
            double sum = 0;
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> point = _points[row];
                for (int d = 0; d < point.Length; d++) sum += (point[d] - Mean[d]) * (point[d] - Mean[d]);
            }
            return sum;
        }) / Math.Max(1, _points.Count - 1);

        public void Apply(float[] block, float[] products)
        {
            _work.Pieces(_points.Count, Rows, (start, end, piece) => Apply(block, _parts[piece] ??= new float[block.Length], start, end));
            double[] sums = new double[products.Length];
            foreach (float[] part in _parts) for (int i = 0; i < sums.Length; i++) sums[i] += part[i];
            for (int i = 0; i < sums.Length; i++) products[i] = (float)(sums[i] / Math.Max(1, _points.Count - 1));
        }

        private void Apply(float[] block, float[] sums, int start, int end)
        {
            Array.Clear(sums);
            Span<Vector256<float>> vectors = LaneBlock.Vectors(block), to = LaneBlock.Vectors(sums);
            float[] centered = new float[_points.Dimensions];
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> point = _points[row];
                Vector256<float> along = Vector256<float>.Zero;
                for (int d = 0; d < centered.Length; d++)
                {
                    centered[d] = point[d] - _mean[d];
                    along = Vector256.FusedMultiplyAdd(Vector256.Create(centered[d]), vectors[d], along);
                }
                for (int d = 0; d < centered.Length; d++) to[d] = Vector256.FusedMultiplyAdd(Vector256.Create(centered[d]), along, to[d]);
            }
        }

        private static double[] MeanOf(PointSet points, Work work)
        {
            double[][] parts = new double[(points.Count + Rows - 1) / Rows][];
            work.Pieces(points.Count, Rows, (start, end, piece) =>
            {
                double[] sum = parts[piece] = new double[points.Dimensions];
                for (int row = start; row < end; row++) for (int d = 0; d < sum.Length; d++) sum[d] += points[row][d];
            });
            double[] mean = new double[points.Dimensions];
            foreach (double[] part in parts) for (int d = 0; d < mean.Length; d++) mean[d] += part[d] / points.Count;
            return mean;
        }
    }
}
