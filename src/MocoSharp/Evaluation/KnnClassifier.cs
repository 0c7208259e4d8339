using System.Numerics.Tensors;
using MocoSharp.Torch;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Evaluation;

/// <summary>Names a row's class by the votes of its k nearest labelled rows; each votes exp(cos / τ). Nothing is trained.</summary>
/// <remarks>
/// Wu et al. 2018, arXiv:1805.01978, section 3.4. Both sides have unit length, all in fp32. Queries are compared with the bank block by
/// block, so memory grows with
/// neither count's product: at most 16 MiB of scores at a time. Results do not depend on the number of threads.
/// </remarks>
public sealed class KnnClassifier
{
    private const int QueryBlock = 512, BankBlock = 8192;
    private readonly int _neighbours;
    private readonly double _temperature;

    /// <summary>Makes a classifier.</summary>
    /// <param name="neighbours">k, 1 or more; 200 in the MoCo demo. Clamped to the bank's size, which the result notes.</param>
    /// <param name="temperature">τ, above 0; 0.1 in the MoCo demo, 0.07 in DINO.</param>
    /// <exception cref="OptionException">Out of range.</exception>
    public KnnClassifier(int neighbours = 200, double temperature = 0.1)
    {
        OptionException.Require(neighbours >= 1, nameof(neighbours), neighbours, "1 or more");
        OptionException.Require(temperature > 0 && double.IsFinite(temperature), nameof(temperature), temperature, "a number above 0");
        (_neighbours, _temperature) = (neighbours, temperature);
    }

    /// <summary>Tests one set against another.</summary>
    /// <param name="bank">Rows that vote; those without a label are left out.</param>
    /// <param name="queries">Rows to name. All get a prediction; those without a label do not count for the accuracy.</param>
    /// <param name="cancel">Stops between blocks.</param>
    /// <exception cref="MocoException">MS5001: the sets do not fit together. MS5002: one of them has no labels.</exception>
    public ClassificationResult Evaluate(FeatureSet bank, FeatureSet queries, CancellationToken cancel = default) =>
        Evaluate(bank, queries, isSame: false, cancel);

    /// <summary>Tests a set against itself: no row votes on itself.</summary>
    /// <param name="features">Rows that vote and are named.</param>
    /// <param name="cancel">Stops between blocks.</param>
    /// <exception cref="MocoException">MS5002: fewer than two rows have a label.</exception>
    public ClassificationResult EvaluateLeaveOneOut(FeatureSet features, CancellationToken cancel = default) =>
        Evaluate(features, features, isSame: true, cancel);

    private ClassificationResult Evaluate(FeatureSet bank, FeatureSet queries, bool isSame, CancellationToken cancel)
    {
        bank.RequireLike(queries);
        int[] voters = [.. Enumerable.Range(0, bank.Count).Where(row => bank.Labels[row] >= 0)];
        int available = voters.Length - (isSame ? 1 : 0);
        if (available < 1)
            throw new MocoException(ErrorIds.NoLabels, $"{voters.Length} of the {bank.Count} pictures that should vote are labelled",
                fix: "label some, or put them into class folders");
        int k = Math.Min(_neighbours, available);
        int[] predictions = new int[queries.Count];
        float[] confidences = new float[queries.Count];
        using GradMode off = GradMode.Off();
        for (int start = 0; start < queries.Count; start += QueryBlock)
        {
            int rows = Math.Min(QueryBlock, queries.Count - start);
            NearestRows[] nearest = Nearest(bank, voters, queries, start, rows, k, isSame, cancel);
            Parallel.For(0, rows, row =>
                (predictions[start + row], confidences[start + row]) = Vote(nearest[row], bank.Labels, voters, bank.Classes.Count));
        }
        return ClassificationResult.Of(queries, predictions, confidences,
            k == _neighbours ? null : $"k is {_neighbours}, and {available} labelled rows can vote: all of them did");
    }

    private static NearestRows[] Nearest(
        FeatureSet bank, int[] voters, FeatureSet queries, int start, int rows, int k, bool isSame, CancellationToken cancel)
    {
        NearestRows[] nearest = new NearestRows[rows];
        for (int row = 0; row < rows; row++) nearest[row] = new NearestRows(k);
        float[] scores = new float[rows * Math.Min(BankBlock, voters.Length)];
        using TensorScope scope = TensorScope.Begin();
        Tensor left = UnitRows(queries, [.. Enumerable.Range(start, rows)]);                  // [rows, D]
        for (int first = 0; first < voters.Length; first += BankBlock)
        {
            cancel.ThrowIfCancellationRequested();
            using TensorScope block = TensorScope.Begin();
            int width = Math.Min(BankBlock, voters.Length - first);
            Tensor cosines = left.MatMul(UnitRows(bank, voters.AsSpan(first, width)).T);      // [rows, width]
            cosines.AsSpan<float>().CopyTo(scores);
            Parallel.For(0, rows, row =>
            {
                int self = isSame ? Array.BinarySearch(voters, start + row) : -1;
                nearest[row].Offer(scores.AsSpan(row * width, width), first, except: self);
            });
        }
        return nearest;
    }

    private (int Class, float Share) Vote(NearestRows nearest, int[] labels, int[] voters, int classes)
    {
        ReadOnlySpan<(float Score, int Row)> best = nearest.Best();
        double[] votes = new double[classes];
        double sum = 0;
        foreach ((float score, int row) in best)
        {
            // relative to the nearest: no overflow for small τ
            double weight = Math.Exp((score - best[0].Score) / _temperature);
            votes[labels[voters[row]]] += weight;
            sum += weight;
        }
        int winner = TensorPrimitives.IndexOfMax<double>(votes);
        return (winner, (float)(votes[winner] / sum));
    }

    // A row of zeros stays one: it is equally far from all.
    private static Tensor UnitRows(FeatureSet features, ReadOnlySpan<int> rows)
    {
        Tensor units = Tensor.Empty([rows.Length, features.Dimensions]);
        Span<float> values = units.AsSpan<float>();
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> row = features.Row(rows[i]);
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm(row), 1e-12f),
                values.Slice(i * features.Dimensions, features.Dimensions));
        }
        return units;
    }
}
