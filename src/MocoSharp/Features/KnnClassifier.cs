using System.Numerics.Tensors;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>Names a row's class by the votes of its k nearest labeled rows; each votes exp(cos / τ). Nothing is trained.</summary>
/// <remarks>
/// Wu et al. 2018, arXiv:1805.01978, section 3.4. Both sides have unit length; neighbors and votes are those of fp32. Queries are compared
/// with the bank block by block, so memory grows with neither count's product. Results do not depend on the number of threads.
/// </remarks>
public sealed class KnnClassifier
{
    private readonly int _neighbors;
    private readonly double _temperature;
    private readonly bool? _coarse;
    private readonly Device _device;

    /// <summary>Makes a classifier.</summary>
    /// <param name="neighbors">k, 1 or more; 200 in the MoCo demo. Clamped to the bank's size, which the result notes.</param>
    /// <param name="temperature">τ, above 0; 0.1 in the MoCo demo, 0.07 in DINO.</param>
    /// <param name="device">Where rows are multiplied; the processor by default.</param>
    /// <exception cref="OptionException">Out of range.</exception>
    public KnnClassifier(int neighbors = 200, double temperature = 0.1, Device? device = null)
    {
        OptionException.Require(neighbors >= 1, nameof(neighbors), neighbors, "1 or more");
        OptionException.Require(temperature > 0 && double.IsFinite(temperature), nameof(temperature), temperature, "a number above 0");
        (_neighbors, _temperature, _device) = (neighbors, temperature, device ?? Device.Cpu);
    }

    /// <summary>As above, with candidates chosen in bf16 always or never.</summary>
    internal KnnClassifier(int neighbors, double temperature, bool coarse) : this(neighbors, temperature) => _coarse = coarse;

    /// <summary>Who names the rows: this process alone by default.</summary>
    internal SharedWork Work { get; init; } = SharedWork.Alone;

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
            throw new MocoException(ErrorIds.NoLabels, $"{voters.Length} of the {bank.Count} pictures that should vote are labeled",
                fix: "label some, or put them into class folders");
        int k = Math.Min(_neighbors, available);
        int[] predictions = new int[queries.Count];
        float[] confidences = new float[queries.Count];
        using GradMode off = GradMode.Off();
        NearestSearch search = new(bank, voters, queries, k, isSame, _device, cancel);
        bool coarse = _coarse ?? search.IsCoarseFaster;
        const int size = NearestSearch.QueryBlock;
        (int firstBlock, int blocks) = Work.Own((queries.Count + size - 1) / size);
        Work.Do(() =>
        {
            for (int block = firstBlock; block < firstBlock + blocks; block++)
            {
                int first = block * size;
                int[] rows = [.. Enumerable.Range(first, Math.Min(size, queries.Count - first))];
                (float, int)[][] nearest = coarse ? search.Coarse(rows) : search.Exact(rows);
                Parallel.For(0, rows.Length, row =>
                    (predictions[first + row], confidences[first + row]) = Vote(nearest[row], bank.Labels, voters, bank.Classes.Count));
            }
        });
        Work.Spread(predictions, queries.Count, size);
        Work.Spread(confidences, queries.Count, size);
        return ClassificationResult.Of(queries, predictions, confidences,
            k == _neighbors ? null : $"k is {_neighbors}, and {available} labeled rows can vote: all of them did");
    }

    private (int Class, float Share) Vote(ReadOnlySpan<(float Score, int Row)> best, int[] labels, int[] voters, int classes)
    {
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
}
