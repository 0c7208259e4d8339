namespace MocoSharp.Torch.Schedules;

/// <summary>A number that changes with training time: a learning rate, a momentum.</summary>
public abstract record Schedule
{
    /// <summary>The value at a moment.</summary>
    /// <param name="epoch">Passes over the data finished so far, with fraction; 0 at the start.</param>
    public abstract double At(double epoch);

    /// <summary>The same, but constant within each epoch.</summary>
    /// <param name="firstEpoch">The number of the first epoch: 0 in most papers' programs, 1 in MoCo's CIFAR-10 demo, whose rate so ends at
    /// 0 exactly.</param>
    public PerEpochSchedule PerEpoch(int firstEpoch = 0) => new(this, firstEpoch);
}

/// <summary>Another schedule that changes only between epochs.</summary>
/// <param name="Inner">Asked once an epoch.</param>
/// <param name="FirstEpoch">What it is asked at the start.</param>
public sealed record PerEpochSchedule(Schedule Inner, int FirstEpoch = 0) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Inner.At(Math.Floor(epoch) + FirstEpoch);
}

/// <summary>Always the same.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSchedule(double Value) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Value;
}

/// <summary>Multiplied by a factor at each milestone.</summary>
/// <param name="Start">The value before the first milestone.</param>
/// <param name="Milestones">Epochs, rising.</param>
/// <param name="Factor">What it is multiplied by at each.</param>
public sealed record StepSchedule(double Start, IReadOnlyList<double> Milestones, double Factor = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Start * Math.Pow(Factor, Milestones.Count(milestone => epoch >= milestone));
}

/// <summary>Rises in a line from <paramref name="WarmUpFrom"/>, stays for <paramref name="FlatEpochs"/>, then falls along half a cosine to
/// <paramref name="End"/>.</summary>
/// <param name="Start">The highest value, reached after the warm-up.</param>
/// <param name="Epochs">Length of the whole, warm-up included; above it the value stays at the end's.</param>
/// <param name="WarmUpEpochs">Length of the rise; 0 for none.</param>
/// <param name="End">The value after the last epoch.</param>
/// <param name="WarmUpFrom">The value that the rise begins at.</param>
/// <param name="FlatEpochs">Length of the stay between rise and fall; 0 for none.</param>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts; with a stay it is fastai's <c>fit_flat_cos</c>.</remarks>
public sealed record CosineSchedule(double Start, double Epochs, double WarmUpEpochs = 0, double End = 0, double WarmUpFrom = 0,
    double FlatEpochs = 0) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch)
    {
        if (epoch < WarmUpEpochs) return WarmUpFrom + (Start - WarmUpFrom) * epoch / WarmUpEpochs;
        double high = WarmUpEpochs + FlatEpochs, done = Math.Clamp((epoch - high) / Math.Max(Epochs - high, double.Epsilon), 0, 1);
        return End + (Start - End) * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
