using MocoSharp.Runs;

namespace MocoSharp.Training;

/// <summary>Where a training stands, in memory; <see cref="CheckpointState"/> is how a checkpoint says it.</summary>
internal sealed class TrainingPosition
{
    private readonly Dictionary<string, double> _measureSums = [];

    /// <summary>Epochs that are done.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Batches of the current epoch that are done.</summary>
    internal int BatchInEpoch { get; private set; }

    /// <summary>Updates made.</summary>
    internal long Step { get; private set; }

    /// <summary>Training time so far.</summary>
    internal double ElapsedSeconds { get; set; }

    /// <summary>The best monitor value so far, in percent; null when none was taken.</summary>
    internal double? BestKnn { get; private set; }

    /// <summary>The step of the best value.</summary>
    internal long? BestStep { get; private set; }

    /// <summary>The mean of the current epoch's losses; null before its first batch.</summary>
    internal double? Loss => BatchInEpoch > 0 ? LossSum / BatchInEpoch : null;

    private double LossSum { get; set; }

    /// <summary>Where a checkpoint stood.</summary>
    internal static TrainingPosition Of(CheckpointState state)
    {
        TrainingPosition position = new()
        {
            Epoch = state.Epoch,
            BatchInEpoch = state.BatchInEpoch,
            Step = state.Step,
            LossSum = state.LossSum,
            ElapsedSeconds = state.ElapsedSeconds,
            BestKnn = state.BestKnn,
            BestStep = state.BestStep,
        };
        position.AddMeasures(state.MeasureSums ?? new Dictionary<string, double>());
        return position;
    }

    /// <summary>For a checkpoint.</summary>
    /// <param name="metricsBytes">Length of metrics.jsonl.</param>
    /// <param name="environment">The run's.</param>
    /// <param name="recipe">The run's recipe as YAML.</param>
    internal CheckpointState ToCheckpoint(long metricsBytes, RunEnvironment environment, string recipe) => new(
        CheckpointState.CurrentFormat, Epoch, BatchInEpoch, Step, LossSum, ElapsedSeconds, metricsBytes, BestKnn, BestStep,
        new Dictionary<string, string>(),
        _measureSums.Count == 0 ? null : new Dictionary<string, double>(_measureSums), environment, recipe);

    /// <summary>Counts one batch.</summary>
    internal void AddBatch(double loss)
    {
        BatchInEpoch++;
        LossSum += loss;
    }

    /// <summary>Counts one update.</summary>
    internal void AddUpdate() => Step++;

    /// <summary>Adds one batch's own numbers to the epoch's sums.</summary>
    internal void AddMeasures(IReadOnlyDictionary<string, double> measures)
    {
        foreach ((string name, double value) in measures) _measureSums[name] = _measureSums.GetValueOrDefault(name) + value;
    }

    /// <summary>The means over this epoch's batches, beside what the method says of itself.</summary>
    internal Dictionary<string, double> Measures(IReadOnlyDictionary<string, double> ofMethod)
    {
        Dictionary<string, double> all = new(ofMethod);
        foreach ((string name, double sum) in _measureSums) all[name] = sum / Math.Max(1, BatchInEpoch);
        return all;
    }

    /// <summary>Begins the next epoch.</summary>
    /// <param name="knn">What the test behind this one said, in percent; null where there was none.</param>
    /// <returns>Whether that is the best so far.</returns>
    internal bool EndEpoch(double? knn)
    {
        (Epoch, BatchInEpoch, LossSum) = (Epoch + 1, 0, 0);
        _measureSums.Clear();
        if (knn is null || knn <= BestKnn) return false;
        (BestKnn, BestStep) = (knn, Step);
        return true;
    }
}
