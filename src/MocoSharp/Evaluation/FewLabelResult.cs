using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>One draw of labels.</summary>
/// <param name="Accuracy">Share of the test rows that are recognized, 0 to 1.</param>
/// <param name="Strength">What was chosen on held-out labels: the classifier's C, or the learning rate.</param>
/// <param name="Rows">The rows whose labels were used, rising.</param>
/// <param name="Test">What became of the test rows.</param>
/// <param name="Classifier">What was fitted.</param>
/// <param name="Best">The epoch that held-out labels choose, beside the last one, which is the result; null where there are no epochs, or
/// no labels are held out.</param>
public sealed record FewLabelDraw(double Accuracy, double Strength, IReadOnlyList<int> Rows, ClassificationResult? Test = null,
    ILinearClassifier? Classifier = null, BestEpoch? Best = null);

/// <summary>All draws.</summary>
/// <param name="Draws">Each, in order.</param>
public sealed record FewLabelResult(IReadOnlyList<FewLabelDraw> Draws)
{
    /// <summary>Mean accuracy, 0 to 1.</summary>
    public double Mean => Draws.Average(static draw => draw.Accuracy);

    /// <summary>Standard deviation of the accuracy over draws (n − 1); 0 for one draw.</summary>
    public double StandardDeviation => Draws.Count < 2 ? 0
        : Math.Sqrt(Draws.Sum(draw => Math.Pow(draw.Accuracy - Mean, 2)) / (Draws.Count - 1));

    /// <summary>Labels a draw.</summary>
    public int Labels => Draws[0].Rows.Count;
}
