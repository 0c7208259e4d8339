using MocoSharp.Imaging;

namespace MocoSharp.Evaluation;

/// <summary>Chooses labeled rows class by class, by addressed randomness: the same seed and draw give the same rows.</summary>
internal static class StratifiedRows
{
    private const int HeldOutOneOf = 5;
    private const ulong HeldOutSeed = 1;

    /// <summary>The labeled rows of each class, in random order. Its first n are a draw of n, so a larger draw holds the smaller
    /// one.</summary>
    /// <param name="labels">[N]: classes, −1 where unknown.</param>
    /// <param name="classes">C.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="draw">Number of the draw.</param>
    public static int[][] Shuffled(ReadOnlySpan<int> labels, int classes, ulong seed, int draw)
    {
        List<int>[] rows = [.. Enumerable.Range(0, classes).Select(static _ => new List<int>())];
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) rows[labels[i]].Add(i);
        int[][] shuffled = [.. rows.Select(static list => list.ToArray())];
        for (int c = 0; c < classes; c++) Rng.For(seed, epoch: draw, sample: c).Shuffle<int>(shuffled[c]);
        return shuffled;
    }

    /// <summary>A fifth of each class's labeled rows to test on, in rising order: the same ones each time. A class of one row has
    /// none.</summary>
    /// <param name="labels">[N]: classes, −1 where unknown.</param>
    /// <param name="classes">C.</param>
    public static int[] Fifth(ReadOnlySpan<int> labels, int classes)
    {
        List<int> held = [];
        foreach (int[] rows in Shuffled(labels, classes, HeldOutSeed, draw: 0))
            if (rows.Length > 1) held.AddRange(rows[..Math.Max(1, rows.Length / HeldOutOneOf)]);
        held.Sort();
        return [.. held];
    }

    /// <summary>The fold of each row: classes are spread evenly; −1 for the only row of a class, which is never held out.</summary>
    public static int[] Folds(ReadOnlySpan<int> labels, int classes, int folds, ulong seed)
    {
        int[] fold = new int[labels.Length];
        int next = 0;
        foreach (int[] rows in Shuffled(labels, classes, seed, draw: -1))
        {
            if (rows.Length == 1) fold[rows[0]] = -1;
            else foreach (int row in rows) fold[row] = next++ % folds;
        }
        return fold;
    }
}
