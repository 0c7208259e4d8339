namespace MocoSharp.Evaluation;

/// <summary>Settings of <see cref="FineTuning"/>.</summary>
/// <param name="Labels">How many labels a draw has.</param>
/// <param name="Freeze"><c>none</c>, a stage's name (it and all before it stay as they are), or a share of the stages from 0 to 1.</param>
/// <param name="AgainstScratch">Also train the same network from random weights on the same labels, by the same rules; nothing of it is
/// frozen, for random stages hold nothing to keep.</param>
/// <param name="Epochs">Passes over the labels; null for as many as make 400 updates, 30 to 200.</param>
/// <param name="BatchSize">Pictures an update; null for a tenth of the labels, 16 to 64.</param>
/// <param name="Rates">η of the encoder at its highest, each above 0; of several, the one whose network names most held-out labels right.
/// when not given 0.01, 0.03 and 0.1, and below them for as long as the lowest does best, down to 1e-4.</param>
/// <param name="HeadScale">What the classifier's own η is a multiple of the encoder's.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="MinimumArea">The random crop's least share of the area, above 0 to 1.</param>
/// <param name="Draws">How often labels are drawn.</param>
/// <param name="Seed">Of draws, order, crops and the classifier's start.</param>
public sealed record FineTuneOptions(
    LabelBudget Labels, string Freeze = FrozenStages.None, bool AgainstScratch = false, [Bounds(1, int.MaxValue)] int? Epochs = null,
    [Bounds(2, int.MaxValue)] int? BatchSize = null, [Bounds(0, int.MaxValue, ExceptLeast = true)] IReadOnlyList<double>? Rates = null,
    [Bounds(0, int.MaxValue, ExceptLeast = true)] double HeadScale = 10, [Bounds(0, int.MaxValue)] double WeightDecay = 1e-4,
    [Bounds(0, 1, ExceptLeast = true)] float MinimumArea = 0.2f, [Bounds(1, int.MaxValue)] int Draws = 1, ulong Seed = 1)
{
    /// <summary>One part of so many of the labels is held out.</summary>
    internal const int HeldOutFolds = 5;

    private const int Updates = 400;

    /// <summary>η's candidates.</summary>
    public IReadOnlyList<double> Rates { get; init; } = Rates ?? [0.01, 0.03, 0.1];

    /// <summary>Tried after the others, from the highest on, for as long as the lowest does best: networks without batch norm can need
    /// them.</summary>
    internal IReadOnlyList<double> LowerRates { get; } = Rates is null ? [0.003, 0.001, 0.0003, 0.0001] : [];

    /// <summary>Pictures an update, for so many labels.</summary>
    internal int BatchFor(int labels) => Math.Min(labels, BatchSize ?? Math.Clamp(labels / 10, 16, 64));

    /// <summary>Passes over so many labels.</summary>
    internal int EpochsFor(int labels) => Epochs ?? Math.Clamp((int)Math.Ceiling((double)Updates * BatchFor(labels) / labels), 30, 200);

    internal FineTuneOptions Checked()
    {
        OptionException.Require(Rates.Count > 0, nameof(Rates), Rates, "one number or more");
        return this.InBounds();
    }
}
