using System.Globalization;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>The linear test: a classifier on frozen features and few or all labels, for raw pixels, the untrained encoder and the trained
/// one, by the same rules.</summary>
public static class LinearEvaluation
{
    /// <summary>Runs it.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="options">How.</param>
    /// <param name="cancel">Stops between batches and fits.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002 to MS5004: labels do not suffice. MS5005: there are no
    /// such features.</exception>
    public static LinearScores Run(EvaluatedRun run, LinearOptions options, CancellationToken cancel = default)
    {
        TrainingData data = run.Data;
        List<LinearScore> scores = [];
        HeldOut? heldOut = null;
        int draws = options.Draws ?? options.Labels.UsualDraws(LabeledCount(data.Labeled), data.Labeled.Classes.Count);
        bool isOne = options is { Solver: LinearSolver.Lbfgs, Strength: null, Labels.ClassCount: 1 };
        if (isOne) run.Warn(string.Create(CultureInfo.InvariantCulture,
            $"one label a class leaves none to choose the classifier's C by: it is {LinearOptions.StrengthOfOneLabel} (--strength takes "
            + $"another)"));
        double? strength = isOne ? LinearOptions.StrengthOfOneLabel : options.Strength;
        FewLabelOptions labels = new(options.Labels.ClassCount, options.Labels.ClassShare, draws, options.Seed, strength is { } c
            ? new LogisticOptions([c]) : null);
        FeatureKinds.ForEach(run, options.Features, kind =>
        {
            FeatureExtractor plain = run.Extractor(kind.View, kind.Compute);
            FeatureSet train = plain.Extract(data.Labeled, kind.Network, cancel: cancel),
                test = plain.Extract(data.Test!, kind.Network, cancel: cancel);
            run.Doing($"{kind.Name}: fitting");
            FewLabelResult result = options.Solver == LinearSolver.Lbfgs ? Convex(train, test) : Descent(kind, train, test);
            foreach (string note in result.Draws.Select(static draw => draw.Test!.Note).OfType<string>().Distinct())
                run.Warn($"{kind.Name}: {note}");
            scores.Add(new LinearScore(kind.Name, result));

            FewLabelResult Convex(FeatureSet train, FeatureSet test)
            {
                FewLabelResult few = new FewLabelTest(labels).Evaluate(train, test, cancel);
                if (options.Calibrate && kind.Name == FeatureScore.Trained)
                    heldOut = LogisticRegression.OutOfFold(train, [.. few.Draws[0].Rows], Standardizer.Of(train), few.Draws[0].Strength,
                        labels.Classifier, cancel);
                return few;
            }
        });
        return new LinearScores(scores, heldOut);

        FewLabelResult Descent(FeatureKind kind, FeatureSet train, FeatureSet test)
        {
            FeatureExtractor augmented = new(run.Recipe.Data, EvaluationViews.Augmented(run.Recipe, kind.IsPixels, minimumArea: 0.08f),
                kind.Compute)
            { Work = run.Work };
            FeatureSet Epoch(int epoch, int[] rows)
            {
                if (!options.Sgd.Augment) return train.Take(rows);
                run.Doing($"{kind.Name}: epoch {epoch + 1} of {options.Sgd.Epochs}");
                return augmented.Extract(data.Labeled.Take(rows), kind.Network, epoch, cancel);
            }
            IReadOnlyList<SgdDraw> sgd = new SgdProbe(options.Sgd, labels, kind.Compute.Device).Evaluate(train, Epoch, test, cancel);
            if (kind.Name == FeatureScore.Trained) heldOut = sgd[0].HeldOut;
            return new FewLabelResult([.. sgd.Select(static draw => draw.Draw)]);
        }
    }

    private static int LabeledCount(IImageSource source) => Enumerable.Range(0, source.Count).Count(i => source.Label(i) >= 0);
}

/// <summary>How a linear classifier is fitted.</summary>
public enum LinearSolver
{
    /// <summary>L-BFGS on standardized features: a convex problem with one answer. Its C is chosen on held-out labels to learn
    /// from.</summary>
    Lbfgs,

    /// <summary>The official protocol: gradient descent on augmented pictures.</summary>
    Sgd,
}

/// <summary>Settings of <see cref="LinearEvaluation"/>.</summary>
/// <param name="Labels">How many labels a draw has.</param>
/// <param name="Features">Which features.</param>
/// <param name="Solver">How the classifier is fitted.</param>
/// <param name="Draws">How often labels are drawn; null for once with all, ten times with up to a thousand, five times between.</param>
/// <param name="Seed">Of the draws, and of the classifier's start.</param>
/// <param name="Sgd">The descent's settings; its defaults when null.</param>
/// <param name="Calibrate">Also name held-out labels, so that a threshold can be chosen for the first draw's classifier.</param>
/// <param name="Strength">C of <see cref="LinearSolver.Lbfgs"/>, above 0; null chooses it on held-out labels. One label a class leaves none
/// to hold out: it is then <see cref="StrengthOfOneLabel"/>, which is told.</param>
public sealed record LinearOptions(
    LabelBudget Labels, FeatureSpace Features, LinearSolver Solver = LinearSolver.Lbfgs, int? Draws = null, ulong Seed = 1,
    SgdOptions? Sgd = null, bool Calibrate = false,
    double? Strength = null)
{
    /// <summary>C where each class has one label: the middle of the usual candidates.</summary>
    public const double StrengthOfOneLabel = 0.01;

    /// <summary>The descent's settings.</summary>
    public SgdOptions Sgd { get; init; } = Sgd ?? new();
}

/// <summary>What came of one kind of features.</summary>
/// <param name="Features">pixels, color histogram, untrained or trained.</param>
/// <param name="Result">All draws.</param>
public sealed record LinearScore(string Features, FewLabelResult Result)
{
    /// <summary>All draws' test pictures together.</summary>
    public ConfusionMatrix Confusion => ConfusionMatrix.Sum([.. Result.Draws.Select(static draw => draw.Test!.Confusion)]);

    /// <summary>The first draw's classifier.</summary>
    public LinearHead Head => Result.Draws[0].Classifier!.ToHead();
}

/// <summary>All of a linear test.</summary>
/// <param name="Scores">pixels, colors of scenes, untrained, trained.</param>
/// <param name="HeldOut">What the first draw's classifier of the trained features made of labels it had not seen; null where none could be
/// held out.</param>
public sealed record LinearScores(IReadOnlyList<LinearScore> Scores, HeldOut? HeldOut)
{
    /// <summary>The run's own features.</summary>
    public LinearScore Trained => Scores[^1];
}
