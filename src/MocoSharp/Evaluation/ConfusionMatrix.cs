namespace MocoSharp.Evaluation;

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

    /// <summary>Share of one class's rows that are recognised, 0 to 1; NaN where it has none.</summary>
    public double AccuracyOf(int truth) => (double)this[truth, truth] / CountOf(truth);

    /// <summary>Mean of the classes' accuracies, each class counting the same; classes without rows are left out.</summary>
    public double MeanClassAccuracy => Enumerable.Range(0, Classes.Count).Where(truth => CountOf(truth) > 0).Select(AccuracyOf)
        .DefaultIfEmpty(double.NaN).Average();
}
