using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Output;

/// <summary>Shows how far an embedding is, with its rate and the time left, and each warning once.</summary>
internal sealed class EmbeddingReporter(CommandContext context) : IProgress<RunProgress>, IDisposable
{
    private readonly LiveLine _live = new(context.People, context.Terminal.Time);
    private Warnings? _warnings;
    private long _start;

    /// <summary>Pictures that are done.</summary>
    internal int Done { get; private set; }

    public void Report(RunProgress value)
    {
        if (value is EmbeddingProgress progress) Show(progress);
        else if (value is Doing doing) _live.Show(() => [$"{doing.What} …"], now: true);
        else if (value is RunWarning warning) (_warnings ??= new Warnings(context.People, _live)).Add(warning.Text);
    }

    public void Dispose() => _live.Clear();

    private void Show(EmbeddingProgress progress)
    {
        Done = progress.Done;
        if (_start == 0) Begin(progress.Resumed);
        double seconds = context.Terminal.Time.GetElapsedTime(_start).TotalSeconds,
            rate = (progress.Done - progress.Resumed) / Math.Max(seconds, 1e-3), share = (double)progress.Done / progress.Total;
        _live.Show(() => [$"{Bar.Of(share)} {Numbers.Share(share)}", $"{Numbers.Count(progress.Done)} of {Numbers.Count(progress.Total)}",
            $"{rate.ToString("N0", CultureInfo.InvariantCulture)} pictures/s",
            $"{Numbers.Time(TimeSpan.FromSeconds(rate > 0 ? (progress.Total - progress.Done) / rate : 0))} left"]);
    }

    private void Begin(int resumed)
    {
        _start = context.Terminal.Time.GetTimestamp();
        if (resumed > 0) context.People.Profile.Out.Writer.WriteLine(
            $"Going on after {Numbers.Plural(resumed, "picture", "pictures")} of an earlier start.");
    }
}
