using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

// What a training tells of itself.
public sealed partial class TrainingRun
{
    private TrainingPlan Plan(int last) => new(_recipe.Name, _folder.Root, _data.Train.Count, _data.CanTest ? _data.Test!.Count : 0, _data.Train.Classes.Count > 0,
        _recipe.Training.Epochs, _state.Epoch, last, StepsPerEpoch, _method.Parameters().Where(static p => p.Value.RequiresGrad).Sum(static p => p.Value.ElementCount),
        _compute.Precision, Runtime.Threads, _loaders.Workers, _method.ChanceLoss)
    {
        Batch = _recipe.Training.BatchSize,
        Views = [.. _recipe.Views.Select(RecipeFile.LineOf)],
        WhyNoTest = _data.WhyNoTest,
        RisingLoss = _method.RisingLoss,
    };

    private TrainingResult Result(bool finished)
    {
        IReadOnlyList<EpochMetrics> metrics = MetricsLog.Read(_folder.Metrics);
        double? loss = _state.BatchInEpoch > 0 ? _state.LossSum / _state.BatchInEpoch : metrics is [.., EpochMetrics last] ? last.Loss : null;
        return new TrainingResult(_folder, finished, _state.Epoch, _state.Step, loss, _state.BestKnn, _state.ElapsedSeconds, metrics);
    }

    private void Report(int last)
    {
        foreach (BadImage bad in _loaders.BadImages)
            if (_reportedBad.Add(bad.Index)) _progress.Warn(bad.Warning);
        int stepInEpoch = _state.BatchInEpoch / _recipe.Training.Accumulate;
        long left = (long)(last - _state.Epoch) * StepsPerEpoch - stepInEpoch;
        double picturesLeft = (double)left * _recipe.Training.BatchSize * _recipe.Training.Accumulate;
        _progress?.Report(new StepReport(_state.Epoch + 1, stepInEpoch, StepsPerEpoch, _state.Step, _state.LossSum / _state.BatchInEpoch, _rate, _meter.RecentRate,
            _meter.WaitFraction(_loaders.Waited), _meter.TimeFor(picturesLeft), _state.Measures(_method.Measures())));
    }
}
