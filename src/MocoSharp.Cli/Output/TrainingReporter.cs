using MocoSharp.Runs;
using MocoSharp.Training;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Shows a training to a person: one live line, and one lasting line an epoch.</summary>
internal sealed class TrainingReporter : IProgress<RunProgress>
{
    private const int HintEpochs = 5;
    private readonly IAnsiConsole _console;
    private readonly LiveLine _live;
    private readonly Warnings _warnings;
    private TrainingPlan? _plan;
    private double? _lastLoss;
    private bool _hinted;

    internal TrainingReporter(IAnsiConsole console, TimeProvider time)
    {
        (_console, _live) = (console, new LiveLine(console, time));
        _warnings = new Warnings(console, _live);
    }

    /// <summary>All warnings, each once.</summary>
    internal IReadOnlyList<string> Warnings => _warnings.Texts;

    /// <summary>The plan, once training has started.</summary>
    internal TrainingPlan? Plan => _plan;

    public void Report(RunProgress value)
    {
        switch (value)
        {
            case TrainingPlan plan: Started(plan); break;
            case StepReport step: _live.Show(() => Segments(step), now: step.StepInEpoch == 1); break;
            case EpochMetrics metrics: EpochDone(metrics); break;
            case RanksMet met: Lasting(met.Text); break;
            case Doing doing: _live.Show(() => [$"{doing.What} …"], now: true); break;
            case RunWarning warning: _warnings.Add(warning.Text); break;
        }
    }

    private void Started(TrainingPlan plan)
    {
        _plan = plan;
        string test = plan.TestPictures > 0 ? $", kNN test on {Numbers.Count(plan.TestPictures)}" : $", no kNN test ({plan.WhyNoTest})";
        Lasting($"{plan.Recipe}: {Numbers.Plural(plan.Pictures, "picture", "pictures")}{test}; {Numbers.Count(plan.Parameters)} weights, "
            + $"{plan.Precision}, "
            + $"{Numbers.Plural(plan.Threads, "thread", "threads")} and {plan.Workers} for pictures");
        if (plan.FirstEpoch >= plan.LastEpoch)
        {
            Lasting($"{Numbers.Plural(plan.FirstEpoch, "epoch is", "epochs are")} done already, and there is nothing to do"
                + (plan.FirstEpoch >= plan.Epochs
                ? $"; to train longer: moco resume {CommandText.Quoted(plan.Run)} --epochs {2 * plan.Epochs} --not-bit-equal" : ""));
            return;
        }
        string epochs = plan.LastEpoch < plan.Epochs ? $"{plan.LastEpoch} of {plan.Epochs}" : $"{plan.Epochs}";
        string first = plan.FirstEpoch + 1 == plan.LastEpoch ? $"epoch {plan.LastEpoch} of {plan.Epochs}"
            : $"epochs {plan.FirstEpoch + 1} to {epochs}";
        Lasting($"{first}, {Numbers.Plural(plan.StepsPerEpoch, "step", "steps")} of "
            + $"{Numbers.Count(plan.Batch)} each, into {plan.Run}");
        foreach ((int i, string view) in plan.Views.Index()) Lasting($"view {i + 1}: {view}");
        _live.Show(static () => ["the first step measures which kernels are fastest here …"], now: true);
    }

    private void EpochDone(EpochMetrics metrics)
    {
        Lasting(EpochLine(metrics));
        foreach (RankMetrics rank in metrics.Ranks ?? [])
            Lasting($"  rank {rank.Rank}: {Numbers.Count((long)rank.ImagesPerSecond)} images/s, waited "
                + $"{Numbers.Fixed(rank.DataWaitSeconds)} s for pictures and {Numbers.Fixed(rank.PeerWaitSeconds)} s for other ranks, sent "
                + $"{Numbers.Fixed(rank.BytesSent / 1e6)} MB");
        if (!_hinted && metrics.Epoch <= HintEpochs && metrics.Loss > _lastLoss && _plan?.RisingLoss is { } why)
        {
            _hinted = true;
            Lasting($"  ({why})");
        }
        _lastLoss = metrics.Loss;
    }

    /// <summary>Takes the live line away at the end.</summary>
    internal void Close() => _live.Clear();

    private void Lasting(string text)
    {
        _live.Clear();
        _console.WriteLine(text);
    }

    private string Chance => _plan?.ChanceLoss is { } chance ? $" (chance {Numbers.Fixed(chance)})" : "";

    private IEnumerable<string> Segments(StepReport step)
    {
        yield return $"epoch {step.Epoch}/{_plan?.LastEpoch}";
        yield return $"{Bar.Of((double)step.StepInEpoch / step.StepsPerEpoch)} "
            + $"{Numbers.Share((double)step.StepInEpoch / step.StepsPerEpoch),4}";
        yield return $"{Numbers.Count((long)step.ImagesPerSecond)} images/s";
        yield return $"loss {Numbers.Fixed(step.Loss)}{Chance}";
        yield return $"{Numbers.Time(step.Remaining)} left";
        foreach ((string name, double value) in step.Measures)
            if (Numbers.IsFill(name) && value < 1) yield return Numbers.Measure(name, value);
        yield return $"waits {Numbers.Share(step.WaitFraction)}";
    }

    private string EpochLine(EpochMetrics metrics)
    {
        string last = (_plan?.Epochs ?? metrics.Epoch).ToString();
        string line = $"epoch {metrics.Epoch.ToString().PadLeft(last.Length)}/{last}  loss {Numbers.Fixed(metrics.Loss)}{Chance}";
        if (metrics.ValidationLoss is { } validation) line += $"  validation {Numbers.Fixed(validation)}";
        if (metrics.Knn is { } knn) line += $"  kNN {Numbers.Percent(knn)}";
        line += $"  rate {Numbers.Rate(metrics.LearningRate)}  {Numbers.Count((long)metrics.ImagesPerSecond)} images/s  waits "
            + $"{Numbers.Share(metrics.WaitFraction)}";
        foreach ((string name, double value) in metrics.Measures)
            if (!Numbers.IsFill(name) || value < 1) line += $"  {Numbers.Measure(name, value)}";
        return $"{line}  {Numbers.Time(TimeSpan.FromSeconds(metrics.ElapsedSeconds))} elapsed";
    }
}
