namespace MocoSharp.Evaluation;

/// <summary>Settings of <see cref="LogisticRegression"/>.</summary>
/// <param name="Strengths">
/// C, what the labels' loss weighs against the weights' size, each above 0: scikit-learn's C. One value is used as it is; of several, the
/// one with the smallest held-out
/// loss over folds of the training labels. When not given: powers of ten from 1e-5 to 10.
/// </param>
/// <param name="Folds">Parts for that choice, 2 or more. Each is held out in turn; beyond 2,000 labels the first one alone, which is enough
/// to choose by.</param>
/// <param name="Standardize">Give each feature mean 0 and deviation 1 first.</param>
/// <param name="Seed">Seed of the folds.</param>
/// <param name="Tolerance">The solver stops when the gradient is this much shorter than at zero weights; above 0.</param>
/// <param name="MaximumIterations">Upper bound of the solver's iterations.</param>
public sealed record LogisticOptions(
    [Bounds(0, int.MaxValue, ExceptLeast = true)] IReadOnlyList<double>? Strengths = null, [Bounds(2, int.MaxValue)] int Folds = 5,
    bool Standardize = true, ulong Seed = 1, [Bounds(0, 1, ExceptLeast = true)] double Tolerance = 1e-4,
    [Bounds(1, int.MaxValue)] int MaximumIterations = 1000)
{
    /// <summary>C's candidates.</summary>
    public IReadOnlyList<double> Strengths { get; init; } = Strengths ?? [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    internal LogisticOptions Checked()
    {
        OptionException.Require(Strengths.Count > 0, nameof(Strengths), Strengths, "one number or more");
        return this.InBounds();
    }
}
