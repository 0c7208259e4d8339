using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>What was measured at an epoch's end; null where nothing was to be, or it failed.</summary>
/// <param name="Knn">Top-1 of the kNN test, in percent.</param>
/// <param name="Validation">The loss on test pictures, in nats.</param>
/// <param name="Probe">The share of test pictures that the online probe names right.</param>
internal readonly record struct EpochScores(double? Knn, double? Validation, double? Probe);

/// <summary>The tests at an epoch's end. One that fails, or gives no number, is told of and left out: an epoch's work is worth more than
/// its test.</summary>
internal sealed class EpochTests
{
    private readonly KnnMonitor? _monitor;
    private readonly ValidationPass? _validation;
    private readonly OnlineProbe? _probe;
    private readonly Method _method;
    private readonly IProgress<RunProgress>? _progress;
    private readonly int _everyEpochs;

    /// <exception cref="MocoException">A test's setting cannot be.</exception>
    internal EpochTests(Recipe recipe, TrainingData data, Method method, BatchReader reader, Compute compute, OnlineProbe? probe,
        SharedWork work, IProgress<RunProgress>? progress)
    {
        (_method, _probe, _progress, _everyEpochs) = (method, probe, progress, recipe.Monitor.EveryEpochs);
        _monitor = data.CanTest ? new KnnMonitor(recipe, data, compute, work, progress.Warn) : null;
        _validation = recipe.Monitor.ValidationLoss ? ValidationPass.Open(recipe, data, method, reader, work, progress.Warn) : null;
    }

    /// <summary>Runs those that are due.</summary>
    /// <param name="epoch">Epochs done.</param>
    /// <param name="isLast">Whether the training ends with it.</param>
    /// <param name="cancel">Ends them.</param>
    /// <returns>Null when they were canceled.</returns>
    internal EpochScores? Run(int epoch, bool isLast, CancellationToken cancel)
    {
        double? probe = Try("the probe's test", epoch, () => _probe?.Accuracy(_progress.Warn));
        double? knn = null;
        if (_monitor is not null && _monitor.IsDue(epoch, isLast))
        {
            _progress.Doing($"epoch {epoch}: kNN test");
            try
            {
                knn = Try("the kNN test", epoch, () => _monitor.Accuracy(_method, cancel));
                // its sizes are not a step's: what it leaves in the allocators would grow from test to test
                Runtime.ReleaseCachedMemory();
            }
            catch (OperationCanceledException)          // here or on another rank
            {
                return null;
            }
        }
        bool isDue = isLast || epoch % Math.Max(1, _everyEpochs) == 0;
        return new EpochScores(knn, isDue ? Try("the validation pass", epoch, () => _validation?.Loss()) : null, probe);
    }

    /// <summary>A method's measures without those that are no numbers, which no line of metrics could hold.</summary>
    internal Dictionary<string, double> Finite(Dictionary<string, double> measures, int epoch)
    {
        foreach ((string name, double value) in measures.Where(static measure => !double.IsFinite(measure.Value)))
            _progress.Warn($"'{name}' of epoch {epoch} is {value}, and is left out of the metrics");
        return measures.Where(static measure => double.IsFinite(measure.Value)).ToDictionary();
    }

    private double? Try(string what, int epoch, Func<double?> test)
    {
        try
        {
            double? value = test();
            if (value is null || double.IsFinite(value.Value)) return value;
            _progress.Warn($"{what} of epoch {epoch} gave {value}, which is left out of the metrics; the training goes on");
            return null;
        }
        catch (MocoException error)
        {
            _progress.Warn($"{what} of epoch {epoch} failed, and the training goes on without it: {error.Message}");
            return null;
        }
    }
}
