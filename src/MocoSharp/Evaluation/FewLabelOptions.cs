namespace MocoSharp.Evaluation;

/// <summary>Settings of <see cref="FewLabelTest"/>: either <paramref name="PerClass"/> or <paramref name="Share"/>.</summary>
/// <param name="PerClass">Labels a class, 1 or more.</param>
/// <param name="Share">Share of each class's labels, above 0 to 1; one at least.</param>
/// <param name="Draws">How often labels are drawn, 1 or more.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Classifier">The linear classifier; its defaults when null.</param>
public sealed record FewLabelOptions(
    [Bounds(1, int.MaxValue)] int? PerClass = null, [Bounds(0, 1, ExceptLeast = true)] double? Share = null,
    [Bounds(1, int.MaxValue)] int Draws = 10,
    ulong Seed = 1, LogisticOptions? Classifier = null)
{
    /// <summary>The linear classifier.</summary>
    public LogisticOptions Classifier { get; init; } = Classifier ?? new();

    internal FewLabelOptions Checked()
    {
        OptionException.Require(PerClass is null != Share is null, nameof(PerClass), PerClass,
            "a number where share is left out, and none where share is given");
        _ = Classifier.Checked();
        return this.InBounds();
    }
}
