using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Output;

/// <summary>Shows how far an embedding or an index is, with its rate and the time left, and each warning once.</summary>
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
        else if (value is IndexProgress { Total: > 0 } index) Show(index.Done, index.Total, resumed: 0, "rows");
        else if (value is Doing doing) _live.Show(() => [$"{doing.What} …"], now: true);
        else if (value is RunWarning warning) (_warnings ??= new Warnings(context.People, _live)).Add(warning.Text);
    }

    public void Dispose() => _live.Clear();

    private void Show(EmbeddingProgress progress)
    {
        Done = progress.Done;
        Show(progress.Done, progress.Total, progress.Resumed, "pictures");
    }

    private void Show(int done, int total, int resumed, string what)
    {
        if (_start == 0) Begin(resumed);
        double seconds = context.Terminal.Time.GetElapsedTime(_start).TotalSeconds,
            rate = (done - resumed) / Math.Max(seconds, 1e-3), share = (double)done / total;
        _live.Show(() => [$"{Bar.Of(share)} {Numbers.Share(share)}", $"{Numbers.Count(done)} of {Numbers.Count(total)}",
            $"{rate.ToString("N0", CultureInfo.InvariantCulture)} {what}/s",
            $"{Numbers.Time(TimeSpan.FromSeconds(rate > 0 ? (total - done) / rate : 0))} left"]);
    }

    private void Begin(int resumed)
    {
        _start = context.Terminal.Time.GetTimestamp();
        if (resumed > 0) context.People.Profile.Out.Writer.WriteLine(
            $"Going on after {Numbers.Plural(resumed, "picture", "pictures")} of an earlier start.");
    }
}
