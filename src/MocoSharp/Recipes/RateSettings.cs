using MocoSharp.Methods;
using MocoSharp.Torch.Schedules;

namespace MocoSharp.Recipes;

/// <summary>The learning rate's course; a recipe names one of the records derived from this.</summary>
/// <param name="Start">η at its highest.</param>
/// <param name="Per">How often it changes.</param>
/// <param name="CountFrom">The number of the first epoch in the formula, for rates that change per epoch: 0, or 1 in the CIFAR-10
/// demo.</param>
public abstract record RateSettings([Bounds(0, 1000, ExceptLeast = true)] double Start, RatePer Per, [Bounds(0, 1)] int CountFrom)
{
    /// <summary>η for the next update.</summary>
    public double At(TrainingClock clock) => Schedule(clock.Epochs).At(Per == RatePer.Step ? clock.Time : clock.Epoch + CountFrom);

    /// <summary>The formula for a training of so many epochs.</summary>
    public abstract Schedule Schedule(int epochs);
}

/// <summary>How often a rate changes.</summary>
public enum RatePer
{
    /// <summary>At every update.</summary>
    Step,

    /// <summary>At the start of every epoch.</summary>
    Epoch,
}

/// <summary>Half a cosine from the start value down, after a linear rise and a stay at the top where asked.</summary>
/// <param name="Start">η at its highest.</param>
/// <param name="Per">How often it changes.</param>
/// <param name="CountFrom">The number of the first epoch in the formula.</param>
/// <param name="WarmUpEpochs">Length of the rise.</param>
/// <param name="End">η at the end.</param>
/// <param name="FlatShare">The share of all epochs spent at the start value before the fall, 0 to 1: fastai's flat-then-cosine has 0.75
/// when not told otherwise.</param>
public sealed record CosineRate(
    [Bounds(0, 1000, ExceptLeast = true)] double Start, RatePer Per = RatePer.Step, [Bounds(0, 1)] int CountFrom = 0,
    [Bounds(0, 1_000_000)] double WarmUpEpochs = 0, [Bounds(0, 1000)] double End = 0,
    [Bounds(0, 1)] double FlatShare = 0) : RateSettings(Start, Per, CountFrom)
{
    /// <inheritdoc/>
    public override Schedule Schedule(int epochs) => new CosineSchedule(Start, epochs, WarmUpEpochs, End, FlatEpochs: FlatShare * epochs);
}

/// <summary>Multiplied by a factor at some epochs.</summary>
/// <param name="Start">η at first.</param>
/// <param name="Milestones">Epochs at which it falls.</param>
/// <param name="Factor">What it is multiplied by.</param>
/// <param name="Per">How often it may change.</param>
/// <param name="CountFrom">The number of the first epoch.</param>
public sealed record StepRate(
    [Bounds(0, 1000, ExceptLeast = true)] double Start, [Bounds(0, 1_000_000)] IReadOnlyList<double> Milestones,
    [Bounds(0, 1000, ExceptLeast = true)] double Factor = 0.1, RatePer Per = RatePer.Epoch,
    [Bounds(0, 1)] int CountFrom = 0) : RateSettings(Start, Per, CountFrom)
{
    /// <inheritdoc/>
    public override Schedule Schedule(int epochs) => new StepSchedule(Start, Milestones, Factor);
}

/// <summary>Always the same.</summary>
/// <param name="Start">η.</param>
public sealed record ConstantRate([Bounds(0, 1000, ExceptLeast = true)] double Start) : RateSettings(Start, RatePer.Step, 0)
{
    /// <inheritdoc/>
    public override Schedule Schedule(int epochs) => new ConstantSchedule(Start);
}
