using MocoSharp.Features;
using MocoSharp.Maps;
using MocoSharp.Maps.Clustering;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>What is learned from features of places: a linear classifier, and clusters, which need no labels.</summary>
internal static class PlaceClassifiers
{
    // the answer moves by less than a test can tell
    private const double Tolerance = 1e-3;
    private const int MaximumIterations = 500, HeldOutOf = 5, WorseInARow = 2;
    private const double UsualDecay = 1e-2;
    private static readonly double[] s_decays = [1, 1e-1, 1e-2, 1e-3, 1e-4];

    /// <summary>Multinomial logistic regression on standardized features, by its one answer.</summary>
    /// <param name="places">With labels.</param>
    /// <param name="weightDecay">λ: mean cross-entropy + λ/2 of the squared weights is minimized. Null chooses it: the one whose classifier
    /// names most places of every fifth picture right, fitted on the others.</param>
    /// <param name="cancel">Stops between fits.</param>
    /// <returns>The classifier and its λ.</returns>
    /// <exception cref="MocoException">MS5002, MS5003: fewer than two classes have places.</exception>
    internal static (LogisticModel Model, double WeightDecay) Probe(SampledPlaces places, double? weightDecay, CancellationToken cancel)
    {
        double chosen = weightDecay ?? Choose(places, cancel);
        return (Fit(places.Rows, chosen, cancel), chosen);
    }

    // Places of one picture are alike: what is held out is whole pictures.
    private static double Choose(SampledPlaces places, CancellationToken cancel)
    {
        int[] pictures = [.. places.Pictures.Distinct()];
        HashSet<int> held = [.. pictures.Where(static (_, i) => i % HeldOutOf == HeldOutOf - 1)];
        int[] rows = [.. Enumerable.Range(0, places.Rows.Count)];
        FeatureSet seen = places.Rows.Take([.. rows.Where(row => !held.Contains(places.Pictures[row]))]),
            unseen = places.Rows.Take([.. rows.Where(row => held.Contains(places.Pictures[row]))]);
        if (unseen.Count == 0 || seen.Labels.Distinct().Count() < 2) return UsualDecay;
        (double best, double right, int worse) = (s_decays[0], -1, 0);
        foreach (double decay in s_decays)
        {
            double accuracy = Fit(seen, decay, cancel).Evaluate(unseen).Accuracy;
            if (accuracy > right) (best, right, worse) = (decay, accuracy, 0);
            else if (++worse == WorseInARow) break;         // weaker ones only fit the seen pictures better
        }
        return best;
    }

    private static LogisticModel Fit(FeatureSet rows, double weightDecay, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return LogisticRegression.Fit(rows, new LogisticOptions([1 / (weightDecay * Math.Max(1, rows.LabeledCount))],
            Tolerance: Tolerance, MaximumIterations: MaximumIterations), cancel);
    }

    /// <summary>k-means on standardized features; the maps count alike, however many channels they have.</summary>
    /// <param name="places">Labels play no part.</param>
    /// <param name="clusters">k.</param>
    /// <param name="seed">The only source of randomness.</param>
    /// <param name="cancel">Stops between pieces.</param>
    /// <returns>A classifier whose largest score is the nearest cluster's, and the clusters' sizes among the places.</returns>
    /// <exception cref="MapException">MS8002: there are fewer places than clusters.</exception>
    internal static (LinearHead Head, IReadOnlyList<int> Sizes) Clusters(SampledPlaces places, int clusters, ulong seed,
        CancellationToken cancel)
    {
        Standardizer standardizer = Standardizer.Of(places.Rows);
        int dimensions = places.Rows.Dimensions;
        float[] shares = [.. places.Channels.SelectMany(static count => Enumerable.Repeat(1 / MathF.Sqrt(count), count))];
        float[] rows = standardizer.Apply(places.Rows, [.. Enumerable.Range(0, places.Rows.Count)]);
        for (int i = 0; i < rows.Length; i++) rows[i] *= shares[i % dimensions];
        KMeansClusters found = KMeans.Fit(new PointSet(rows, dimensions), new KMeansOptions(clusters, Seed: seed), cancel);
        float[] weight = new float[clusters * dimensions], bias = new float[clusters], center = new float[dimensions];
        for (int cluster = 0; cluster < clusters; cluster++)
        {
            // |x - c|² is least where x·c - |c|²/2 is greatest
            double squares = 0;
            for (int d = 0; d < dimensions; d++)
            {
                float value = found.Centers[cluster][d];
                squares += (double)value * value;
                center[d] = value * shares[d];
            }
            double shift = standardizer.Fold(center, weight.AsSpan(cluster * dimensions, dimensions));
            bias[cluster] = (float)(shift - squares / 2);
        }
        return (new LinearHead(weight, bias, [.. Enumerable.Range(0, clusters).Select(static number => $"cluster {number}")]), found.Sizes);
    }
}
