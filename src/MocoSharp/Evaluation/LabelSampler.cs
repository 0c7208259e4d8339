namespace MocoSharp.Evaluation;

/// <summary>Draws labeled rows class by class.</summary>
internal sealed class LabelSampler
{
    private readonly int[] _labels, _counts;
    private readonly IReadOnlyList<string> _classes;
    private readonly FewLabelOptions _options;

    /// <summary>Checks that there are enough.</summary>
    /// <param name="labels">[N]: classes of the rows to learn from, −1 where unknown.</param>
    /// <param name="tested">[M]: classes of the rows to test on.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="options">How many are drawn, and the seed.</param>
    /// <exception cref="MocoException">MS5002: no labels. MS5003: a class has fewer labels than asked for. MS5004: a class to test on has
    /// none.</exception>
    internal LabelSampler(int[] labels, ReadOnlySpan<int> tested, IReadOnlyList<string> classes, FewLabelOptions options)
    {
        (_labels, _classes, _options) = (labels, classes, options.Checked());
        _counts = Counts(Histogram(labels), Histogram(tested));
    }

    /// <summary>Rows of one draw, rising. A larger draw of the same number holds the smaller one.</summary>
    internal int[] Rows(int draw) =>
        [.. StratifiedRows.Shuffled(_labels, _classes.Count, _options.Seed, draw).SelectMany((of, c) => of.Take(_counts[c])).Order()];

    private int[] Histogram(ReadOnlySpan<int> labels)
    {
        int[] counts = new int[_classes.Count];
        foreach (int label in labels)
            if (label >= 0) counts[label]++;
        return counts;
    }

    private int[] Counts(int[] available, int[] tested)
    {
        if (available.Sum() == 0)
            throw new MocoException(ErrorIds.NoLabels, $"none of the {_labels.Length} pictures to learn from is labeled",
                fix: "label some, or put them into class folders");
        int missing = Enumerable.Range(0, available.Length).FirstOrDefault(c => available[c] == 0 && tested[c] > 0, -1);
        if (missing >= 0)
            throw new MocoException(ErrorIds.ClassNotTrained,
                $"the class '{_classes[missing]}' has {tested[missing]} pictures to test on and none to learn from",
                fix: "label some of its pictures, or leave it out of the test");
        if (_options.PerClass is not { } perClass) return [.. available.Select(count => count == 0 ? 0
            : Math.Max(1, (int)Math.Round(_options.Share!.Value * count)))];
        int scarce = Enumerable.Range(0, available.Length).FirstOrDefault(c => available[c] > 0 && available[c] < perClass, -1);
        if (scarce >= 0)
            throw new MocoException(ErrorIds.TooFewLabels,
                $"the class '{_classes[scarce]}' has {available[scarce]} labeled pictures, and {perClass} a class are asked for",
                fix: $"ask for {available.Where(static c => c > 0).Min()} or fewer, or label more");
        return [.. available.Select(count => count == 0 ? 0 : perClass)];
    }
}
