namespace MocoSharp.Evaluation;

/// <summary>Settings of <see cref="SgdProbe"/>; the defaults are the official protocol's, with a search over its rate.</summary>
/// <param name="Rates">η at the start, each above 0. The official value is 30 for an ImageNet encoder; of several the one is used whose
/// classifier names most held-out training labels right. 0.1 to 30 when not given.</param>
/// <param name="Epochs">Passes over the labeled pictures; 100.</param>
/// <param name="BatchSize">256; fewer where there are fewer pictures.</param>
/// <param name="Momentum">0.9.</param>
/// <param name="Milestones">Shares of the epochs at which η falls to a tenth: 0.6 and 0.8.</param>
/// <param name="Augment">Whether pictures are cropped and mirrored anew in each epoch.</param>
/// <param name="Folds">One part of so many of the labels is held out to choose the rate by.</param>
public sealed record SgdOptions(
    [Bounds(0, int.MaxValue, ExceptLeast = true)] IReadOnlyList<double>? Rates = null, [Bounds(1, int.MaxValue)] int Epochs = 100,
    [Bounds(1, int.MaxValue)] int BatchSize = 256, [Bounds(0, 1, ExceptMost = true)] double Momentum = 0.9,
    [Bounds(0, 1)] IReadOnlyList<double>? Milestones = null, bool Augment = true, [Bounds(2, int.MaxValue)] int Folds = 5)
{
    /// <summary>η's candidates.</summary>
    public IReadOnlyList<double> Rates { get; init; } = Rates ?? [0.1, 0.3, 1, 3, 10, 30];

    /// <summary>Shares of the epochs at which η falls.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = Milestones ?? [0.6, 0.8];

    internal SgdOptions Checked()
    {
        OptionException.Require(Rates.Count > 0, nameof(Rates), Rates, "one number or more");
        return this.InBounds();
    }

    /// <summary>What the rate is multiplied by in an epoch, from 0.</summary>
    internal double Factor(int epoch) => Math.Pow(0.1, Milestones.Count(share => epoch >= Math.Round(share * Epochs)));
}
