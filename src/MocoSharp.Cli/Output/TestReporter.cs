using MocoSharp.Runs;

namespace MocoSharp.Cli.Output;

/// <summary>Shows a test to a person: what is done now, and each warning once.</summary>
internal sealed class TestReporter : IProgress<RunProgress>, IDisposable
{
    private readonly LiveLine _live;
    private readonly Warnings _warnings;

    internal TestReporter(CommandContext context)
    {
        _live = new LiveLine(context.People, context.Terminal.Time);
        _warnings = new Warnings(context.People, _live);
    }

    public void Report(RunProgress value)
    {
        if (value is Doing doing) _live.Show(() => [$"testing {doing.What} …"], now: true);
        else if (value is RunWarning warning) _warnings.Add(warning.Text);
    }

    /// <summary>Shows how far it is.</summary>
    internal void Show(Func<IEnumerable<string>> segments) => _live.Show(segments);

    public void Dispose() => _live.Clear();
}
