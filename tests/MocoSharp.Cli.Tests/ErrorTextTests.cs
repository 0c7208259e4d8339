using MocoSharp.Cli.Output;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests;

public sealed class ErrorTextTests
{
    [Fact]
    public void What_where_and_fix_stand_on_two_lines()
    {
        Tool tool = Report(new MocoException("MS2003", "queueLength is 128, smaller than the batch (256)", at: "mine.yaml(9,20)",
            fix: "set queueLength to 256 or more"));
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Equal(
            "error MS2003: queueLength is 128, smaller than the batch (256)\n  at mine.yaml(9,20)    fix: set queueLength to 256 or more\n",
            tool.Error);
    }

    [Fact]
    public void Brackets_in_names_are_no_markup() =>
        Assert.Contains("at /data/[red]x[/].png",
            Report(new ImagingException("MS3001", "the file is empty", at: "/data/[red]x[/].png")).Error, StringComparison.Ordinal);

    [Fact]
    public void A_missing_bridge_is_explained() =>
        Assert.StartsWith("error MS1003: ",
            Report(new TypeInitializationException("X",
            new TorchException(TorchErrorIds.BridgeMissing, "the native bridge is missing"))).Error, StringComparison.Ordinal);

    [Fact]
    public void A_full_disk_is_called_one() =>
        Assert.Contains("the disk is full", Report(new IOException("No space left on device", 28)).Error, StringComparison.Ordinal);

    [Fact]
    public void A_refused_file_says_so() =>
        Assert.Contains("fix: fix its permissions", Report(new UnauthorizedAccessException("Access to the path '/x' is denied.")).Error,
        StringComparison.Ordinal);

    [Fact]
    public void An_unexpected_error_asks_for_a_report_and_shows_its_stack_only_when_asked()
    {
        Assert.Equal(2, Report(new InvalidOperationException("strange")).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("please report it", Report(new InvalidOperationException("strange")).Error, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException", Report(new InvalidOperationException("strange"), verbose: true).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_is_no_error() => Assert.Equal(ExitCode.Canceled, Report(new OperationCanceledException()).Code);

    private static Tool Report(Exception error, bool verbose = false)
    {
        using StringWriter output = new(), errors = new();
        Terminal terminal = new(Terminal.Over(output), Terminal.Over(errors), TimeProvider.System);
        int code = ErrorReport.Write(error, new CommandContext(terminal, IsJson: false, verbose, CancellationToken.None));
        return new Tool(code, output.ToString(), errors.ToString());
    }
}
