using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>Fits a linear classifier to labeled features: multinomial logistic regression with squared weights, a convex problem with one
/// answer.</summary>
/// <remarks>Minimizes C Σ cross-entropy + ½ ‖W‖², the intercepts free, by L-BFGS: scikit-learn's problem, and its numbers.</remarks>
public static class LogisticRegression
{
    private const int RowsForOneTurn = 2000, WorseInARow = 2;
    private const double SearchTolerance = 1e-3;

    /// <summary>Fits.</summary>
    /// <param name="train">Rows to learn from; those without a label count for the standardization alone.</param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <param name="cancel">Stops between fits.</param>
    /// <exception cref="MocoException">MS5002: no labels. MS5003: fewer than two classes have labels, or too few labels to choose C
    /// by.</exception>
    /// <exception cref="OptionException">A setting is out of range.</exception>
    public static LogisticModel Fit(FeatureSet train, LogisticOptions? options = null, CancellationToken cancel = default)
    {
        options = (options ?? new()).Checked();
        Standardizer standardizer = options.Standardize ? Standardizer.Of(train) : Standardizer.None(train.Dimensions);
        return Fit(train, [.. Enumerable.Range(0, train.Count).Where(row => train.Labels[row] >= 0)], standardizer, options, cancel);
    }

    internal static LogisticModel Fit(FeatureSet train, int[] rows, Standardizer standardizer, LogisticOptions options,
        CancellationToken cancel)
    {
        if (rows.Length == 0)
            throw new MocoException(ErrorIds.NoLabels, $"none of the {train.Count} pictures to learn from is labeled",
                fix: "label some, or put them into class folders");
        int[] labels = [.. rows.Select(row => train.Labels[row])];
        if (labels.Distinct().Count() < 2)
            throw new MocoException(ErrorIds.TooFewLabels,
                $"all labeled pictures to learn from are of the class '{train.Classes[labels[0]]}'",
                fix: "label pictures of a second class");
        float[] features = standardizer.Apply(train, rows);
        int classes = train.Classes.Count;
        double strength = options.Strengths is [var only] ? only : Choose(features, labels, train.Dimensions, classes, options, cancel);
        float[] parameters = new float[classes * (train.Dimensions + 1)];
        (int iterations, bool converged) = Solve(features, labels, train.Dimensions, classes, strength, options, parameters);
        return new LogisticModel(standardizer, parameters, train.Classes, strength, iterations, converged);
    }

    /// <summary>What classifiers of one strength make of labels that they have not seen: each fold is named by the one that was fitted
    /// without it.</summary>
    /// <returns>Null where every class has one label only, so that none can be held out.</returns>
    internal static HeldOut? OutOfFold(FeatureSet train, int[] rows, Standardizer standardizer, double strength, LogisticOptions options,
        CancellationToken cancel)
    {
        int[] fold = StratifiedRows.Folds([.. rows.Select(row => train.Labels[row])], train.Classes.Count, options.Folds, options.Seed);
        List<HeldOut> parts = [];
        foreach (int held in fold.Where(static f => f >= 0).Distinct().Order())
        {
            cancel.ThrowIfCancellationRequested();
            int[] seen = [.. rows.Where((_, i) => fold[i] != held)], unseen = [.. rows.Where((_, i) => fold[i] == held)];
            if (seen.Select(row => train.Labels[row]).Distinct().Count() < 2) continue;
            LogisticModel model = Fit(train, seen, standardizer, options with { Strengths = [strength] }, cancel);
            parts.Add(HeldOut.Of(model.Evaluate(train.Take(unseen)), [.. unseen.Select(row => train.Labels[row])]));
        }
        return parts.Count == 0 ? null : HeldOut.Join(parts);
    }

    // The strength whose classifiers, each fitted without one fold, lose least on it. The loss tells strengths apart where accuracy, on few
    // rows, ties.
    private static double Choose(float[] features, int[] labels, int dimensions, int classes, LogisticOptions options,
        CancellationToken cancel)
    {
        double[] strengths = [.. options.Strengths.Order()];
        int[] fold = StratifiedRows.Folds(labels, classes, options.Folds, options.Seed);
        if (fold.All(static f => f < 0))
            throw new MocoException(ErrorIds.TooFewLabels,
                "every class has one label only, so none can be held out to choose the strength by",
                fix: "label a second picture of some class (--labels 2-per-class), or name the strength yourself (--strength 0.01; in "
                + "code LogisticOptions.Strengths)");
        int[] turns = [.. fold.Where(static f => f >= 0).Distinct().Order().Take(labels.Length > RowsForOneTurn ? 1 : int.MaxValue)];
        Turn[] parts = [.. turns.Select(held =>
            new Turn(Take(features, labels, dimensions, row => fold[row] != held),
            Take(features, labels, dimensions, row => fold[row] == held),
            new float[classes * (dimensions + 1)]))];
        (double best, double chosen, int worse) = (double.PositiveInfinity, strengths[0], 0);
        foreach (double strength in strengths)
        {
            cancel.ThrowIfCancellationRequested();
            double loss = 0;
            foreach (Turn part in parts)
            {
                // from the answer of the weaker one: few iterations
                Solve(part.Seen.Features, part.Seen.Labels, dimensions, classes, strength,
                    options with { Tolerance = Math.Max(options.Tolerance, SearchTolerance) }, part.Parameters);
                loss += new SoftmaxObjective(part.Held.Features, part.Held.Labels, dimensions, classes, decay: 0)
                    .Evaluate(part.Parameters, gradient: null) * part.Held.Labels.Length;
            }
            if (loss < best) (best, chosen, worse) = (loss, strength, 0);
            else if (++worse == WorseInARow) break;         // the loss falls, then rises: stronger ones only fit the rows better
        }
        return chosen;
    }

    private static (int Iterations, bool Converged) Solve(
        float[] features, int[] labels, int dimensions, int classes, double strength, LogisticOptions options, float[] parameters)
    {
        SoftmaxObjective objective = new(features, labels, dimensions, classes, decay: 1 / (strength * labels.Length));
        return new Lbfgs(objective.Evaluate, options.Tolerance, options.MaximumIterations).Minimize(parameters);
    }

    private static (float[] Features, int[] Labels) Take(float[] features, int[] labels, int dimensions, Func<int, bool> chosen)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(chosen)];
        float[] taken = new float[(long)rows.Length * dimensions];
        for (int i = 0; i < rows.Length; i++) features.AsSpan(rows[i] * dimensions, dimensions).CopyTo(taken.AsSpan(i * dimensions));
        return (taken, [.. rows.Select(row => labels[row])]);
    }

    /// <summary>One fold's turn to be held out.</summary>
    private sealed record Turn((float[] Features, int[] Labels) Seen, (float[] Features, int[] Labels) Held, float[] Parameters);
}
