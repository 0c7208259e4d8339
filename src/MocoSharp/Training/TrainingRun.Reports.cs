using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

// What a training tells of itself.
public sealed partial class TrainingRun
{
    private TrainingPlan Plan(int last) =>
        new(_recipe.Name, _folder.Root, _data.Train.Count, _data.CanTest ? _data.Test!.Count : 0, _data.Train.Classes.Count > 0,
        _recipe.Training.Epochs, _position.Epoch, last, StepsPerEpoch,
        _method.Parameters().Where(static p => p.Value.RequiresGrad).Sum(static p => p.Value.ElementCount),
        _compute.Precision, Runtime.Threads, _loaders.Workers, _method.ChanceLoss)
        {
            FirstStep = _position.Step,
            Batch = _recipe.Training.BatchSize,
            Views = [.. _recipe.Views.Select(RecipeFile.LineOf)],
            WhyNoTest = _data.WhyNoTest,
            RisingLoss = _method.RisingLoss,
        };

    private TrainingResult Result(bool finished)
    {
        _session?.Part();
        IReadOnlyList<EpochMetrics> metrics = MetricsLog.Read(_folder.Metrics);
        double? loss = _position.Loss ?? (metrics is [.., EpochMetrics last] ? last.Loss : null);
        return new TrainingResult(_folder, finished, _position.Epoch, _position.Step, loss, _position.BestKnn, _position.ElapsedSeconds,
            metrics);
    }

    private void Report(int last)
    {
        foreach (BadImage bad in _loaders.BadImages)
            if (_reportedBad.Add(bad.Index)) _progress.Warn(bad.Warning);
        _telemetry.Update(_recipe.Training.BatchSize * _recipe.Training.Accumulate / Peers.Count, _lossOfLastUpdate, _rate, _loaders.Waited,
            Peers);
        int stepInEpoch = _position.BatchInEpoch / _recipe.Training.Accumulate;
        long left = (long)(last - _position.Epoch) * StepsPerEpoch - stepInEpoch;
        double picturesLeft = (double)left * _recipe.Training.BatchSize * _recipe.Training.Accumulate / Peers.Count;
        _progress?.Report(new StepReport(_position.Epoch + 1, stepInEpoch, StepsPerEpoch, _position.Step, _position.Loss!.Value, _rate,
            _meter.RecentRate * Peers.Count,
            _meter.WaitFraction(_loaders.Waited), _meter.TimeFor(picturesLeft), _position.Measures(_method.Measures()))
        {
            UpdateLoss = _lossOfLastUpdate,
        });
    }
}
