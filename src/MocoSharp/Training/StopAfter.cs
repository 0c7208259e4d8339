namespace MocoSharp.Training;

/// <summary>An early end of a training, with the schedule unchanged: resuming goes on as if it never had been.</summary>
public readonly record struct StopAfter
{
    private StopAfter(int? epochs, long? steps) => (EpochCount, StepCount) = (epochs, steps);

    internal int? EpochCount { get; }

    internal long? StepCount { get; }

    /// <summary>When so many epochs are done in all.</summary>
    /// <param name="count">1 or more.</param>
    public static StopAfter Epochs(int count)
    {
        OptionException.Require(count >= 1, "stopAfter", count, "a whole number of 1 or more");
        return new(count, null);
    }

    /// <summary>When so many updates are done in all.</summary>
    /// <param name="count">1 or more.</param>
    public static StopAfter Steps(long count)
    {
        OptionException.Require(count >= 1, "maximumSteps", count, "a whole number of 1 or more");
        return new(null, count);
    }

    /// <summary>When the first of both is reached.</summary>
    public StopAfter Or(StopAfter other) => new(EpochCount ?? other.EpochCount, StepCount ?? other.StepCount);
}
