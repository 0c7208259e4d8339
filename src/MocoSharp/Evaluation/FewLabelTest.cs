namespace MocoSharp.Evaluation;

/// <summary>Asks what features are worth to somebody with few labels: a linear classifier on a few labelled rows of each class, drawn again
/// and again.</summary>
/// <param name="options">Settings.</param>
/// <remarks>Every draw is tested on the whole test set. Features are standardised over all rows to learn from: that needs no
/// labels.</remarks>
public sealed class FewLabelTest(FewLabelOptions options)
{
    private readonly FewLabelOptions _options = options.Checked();

    /// <summary>Runs all draws.</summary>
    /// <param name="train">Rows that labels are drawn from.</param>
    /// <param name="test">Rows to test on.</param>
    /// <param name="cancel">Stops between fits.</param>
    /// <exception cref="MocoException">
    /// MS5001: the sets do not fit together. MS5002: no labels. MS5003: a class has fewer labels than asked for. MS5004: a class to test on
    /// has none to learn from.
    /// </exception>
    public FewLabelResult Evaluate(FeatureSet train, FeatureSet test, CancellationToken cancel = default)
    {
        train.RequireLike(test);
        int[] counts = Counts(train, test);
        Standardizer standardizer = _options.Classifier.Standardize ? Standardizer.Of(train) : Standardizer.None(train.Dimensions);
        FewLabelDraw[] draws = new FewLabelDraw[_options.Draws];
        Parallel.For(0, draws.Length, new ParallelOptions { CancellationToken = cancel }, draw =>
        {
            int[][] shuffled = StratifiedRows.Shuffled(train.Labels, train.Classes.Count, _options.Seed, draw);
            int[] rows = [.. shuffled.SelectMany((of, c) => of.Take(counts[c])).Order()];
            LogisticModel model = LogisticRegression.Fit(train, rows, standardizer, _options.Classifier, cancel);
            draws[draw] = new FewLabelDraw(model.Evaluate(test).Accuracy, model.Strength, rows);
        });
        return new FewLabelResult(draws);
    }

    // How many rows of each class one draw takes.
    private int[] Counts(FeatureSet train, FeatureSet test)
    {
        int[] available = new int[train.Classes.Count], tested = new int[train.Classes.Count];
        foreach (int label in train.Labels.Where(static label => label >= 0)) available[label]++;
        foreach (int label in test.Labels.Where(static label => label >= 0)) tested[label]++;
        if (available.Sum() == 0)
            throw new MocoException(ErrorIds.NoLabels, $"none of the {train.Count} pictures to learn from is labelled",
                fix: "label some, or put them into class folders");
        int missing = Enumerable.Range(0, available.Length).FirstOrDefault(c => available[c] == 0 && tested[c] > 0, -1);
        if (missing >= 0)
            throw new MocoException(ErrorIds.ClassNotTrained,
                $"the class '{train.Classes[missing]}' has {tested[missing]} pictures to test on and none to learn from",
                fix: "label some of its pictures, or leave it out of the test");
        if (_options.PerClass is not { } perClass) return [.. available.Select(count => count == 0 ? 0
            : Math.Max(1, (int)Math.Round(_options.Share!.Value * count)))];
        int scarce = Enumerable.Range(0, available.Length).FirstOrDefault(c => available[c] > 0 && available[c] < perClass, -1);
        if (scarce >= 0)
            throw new MocoException(ErrorIds.TooFewLabels,
                $"the class '{train.Classes[scarce]}' has {available[scarce]} labelled pictures, and {perClass} a class are asked for",
                fix: $"ask for {available.Where(static c => c > 0).Min()} or fewer, or label more");
        return [.. available.Select(count => count == 0 ? 0 : perClass)];
    }
}
