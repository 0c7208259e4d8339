using System.Runtime.ExceptionServices;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>Asks what features are worth to somebody with few labels: a linear classifier on a few labeled rows of each class, drawn again
/// and again.</summary>
/// <param name="options">Settings.</param>
/// <remarks>Every draw is tested on the whole test set. Features are standardized over all rows to learn from: that needs no
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
        LabelSampler sampler = new(train.Labels, test.Labels, train.Classes, _options);
        Standardizer standardizer = _options.Classifier.Standardize ? Standardizer.Of(train) : Standardizer.None(train.Dimensions);
        FewLabelDraw[] draws = new FewLabelDraw[_options.Draws];
        try
        {
            Parallel.For(0, draws.Length, new ParallelOptions { CancellationToken = cancel }, draw =>
            {
                int[] rows = sampler.Rows(draw);
                LogisticModel model = LogisticRegression.Fit(train, rows, standardizer, _options.Classifier, cancel);
                ClassificationResult result = model.Evaluate(test);
                draws[draw] = new FewLabelDraw(result.Accuracy, model.Strength, rows, result, model);
            });
        }
        catch (AggregateException error)        // what stops one draw stops them all
        {
            ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
        }
        return new FewLabelResult(draws);
    }
}
