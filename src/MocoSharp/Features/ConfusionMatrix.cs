using System.Numerics.Tensors;

namespace MocoSharp.Features;

/// <summary>How often each class was taken for each.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] _counts;

    /// <summary>Counts predictions.</summary>
    /// <param name="classes">The classes' names.</param>
    /// <param name="labels">[N]: true classes; rows of −1 do not count.</param>
    /// <param name="predictions">[N]: predicted classes.</param>
    public ConfusionMatrix(IReadOnlyList<string> classes, ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, labels.Length, nameof(predictions));
        Classes = classes;
        _counts = new int[classes.Count * classes.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0) continue;
            _counts[labels[i] * classes.Count + predictions[i]]++;
            Total++;
            if (labels[i] == predictions[i]) Hits++;
        }
    }

    private ConfusionMatrix(IReadOnlyList<string> classes, int[] counts, int total, int hits) =>
        (Classes, _counts, Total, Hits) = (classes, counts, total, hits);

    /// <summary>The counts of several tests of the same classes together.</summary>
    public static ConfusionMatrix Sum(IReadOnlyList<ConfusionMatrix> parts)
    {
        int[] counts = new int[parts[0]._counts.Length];
        foreach (ConfusionMatrix part in parts) TensorPrimitives.Add(counts, part._counts, counts);
        return new ConfusionMatrix(parts[0].Classes, counts, parts.Sum(static part => part.Total), parts.Sum(static part => part.Hits));
    }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Rows counted.</summary>
    public int Total { get; }

    /// <summary>Rows whose prediction is right.</summary>
    public int Hits { get; }

    /// <summary>Share of right predictions, 0 to 1; NaN where nothing was counted.</summary>
    public double Accuracy => (double)Hits / Total;

    /// <summary>Rows of one class that were taken for another.</summary>
    public int this[int truth, int prediction] => _counts.AsSpan(truth * Classes.Count, Classes.Count)[prediction];

    /// <summary>Rows of one class.</summary>
    public int CountOf(int truth)
    {
        int sum = 0;
        foreach (int count in _counts.AsSpan(truth * Classes.Count, Classes.Count)) sum += count;
        return sum;
    }

    /// <summary>Share of one class's rows that are recognized, 0 to 1; NaN where it has none.</summary>
    public double AccuracyOf(int truth) => (double)this[truth, truth] / CountOf(truth);

    /// <summary>The other class that a class is most often taken for; null where it never is taken for another.</summary>
    public int? MistakenFor(int truth)
    {
        int? worst = null;
        for (int c = 0; c < Classes.Count; c++)
            if (c != truth && this[truth, c] > (worst is { } w ? this[truth, w] : 0)) worst = c;
        return worst;
    }

    /// <summary>Share of right predictions among those of one class, 0 to 1; NaN where nothing was taken for it.</summary>
    public double PrecisionOf(int prediction) =>
        (double)this[prediction, prediction] / Enumerable.Range(0, Classes.Count).Sum(truth => this[truth, prediction]);

    /// <summary>Mean of the classes' accuracies, each class counting the same; classes without rows are left out.</summary>
    public double MeanClassAccuracy => Enumerable.Range(0, Classes.Count).Where(truth => CountOf(truth) > 0).Select(AccuracyOf)
        .DefaultIfEmpty(double.NaN).Average();
}
