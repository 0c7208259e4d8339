using System.Diagnostics;
using System.Text.Json;

namespace MocoSharp.Cli.Tests;

/// <summary>Standard output or error that cannot be written ends no work: the tool as a process of its own, as a shell starts it.</summary>
public sealed class LostOutputTests : Workbench
{
    [Theory]
    [InlineData(">/dev/full", "No space left on device"), InlineData("--json >/dev/full", "No space left on device"),
        InlineData(">&-", "it is closed"), InlineData("--json >&-", "it is closed")]
    [InlineData("| true", "Broken pipe"), InlineData("--json | true", "Broken pipe"), InlineData("| head -n 1 >/dev/null", "Broken pipe")]
    public void A_training_whose_output_is_lost_is_kept_and_says_where_it_lies(string where, string reason)
    {
        (int code, string error) = Shell($"train {Recipe} --data {Pictures()} --run {At("run")} {where}");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("error MS6005: the result could not be written to standard output: " + reason, error, StringComparison.Ordinal);
        Assert.Contains($"nothing is lost: what was made lies in {At("run")}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", error, StringComparison.Ordinal);
        AssertWhole("run");
    }

    [Theory, InlineData("2>&-"), InlineData("2>/dev/full"), InlineData("--json 2>/dev/full"), InlineData("--json 2>&-"),
        InlineData("<&- 2>&-")]
    public void A_training_whose_messages_are_lost_goes_on(string where)
    {
        string result = At("result.txt");
        (int code, _) = Shell($"train {Recipe} --data {Pictures()} --run {At("run")} {where} >{result}");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains(At("run"), File.ReadAllText(result), StringComparison.Ordinal);
        if (where.StartsWith("--json", StringComparison.Ordinal)) JsonDocument.Parse(File.ReadAllText(result)).Dispose();
        AssertWhole("run");
    }

    [Fact]
    public void With_nothing_open_at_all_it_still_trains()
    {
        Assert.Equal(ExitCode.Failed, Shell($"train {Recipe} --data {Pictures()} --run {At("run")} <&- >&- 2>&-").Code);
        AssertWhole("run");
    }

    [Fact]
    public void What_is_left_of_a_list_by_its_reader_is_no_matter_for_a_message()
    {
        (int code, string error) = Shell("recipes | true");
        Assert.Equal((ExitCode.Failed, ""), (code, error));
    }

    [Fact]
    public void A_wrong_command_line_keeps_its_code_where_the_document_is_lost() =>
        Assert.Equal(ExitCode.Usage, Shell("trian --json >/dev/full").Code);

    private void AssertWhole(string run)
    {
        Assert.Equal(2, File.ReadAllLines(At(run, "metrics.jsonl")).Length);
        Tool.Run("resume", At(run)).Succeeded();
        Tool.Run("eval", "knn", At(run)).Succeeded();
    }

    // the tool's own code, not that of the pipe's end
    private (int Code, string Error) Shell(string line)
    {
        string errors = At("errors.txt"), host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path : "dotnet";
        string tool = $"{host} {Path.Combine(AppContext.BaseDirectory, "moco.dll")} {line}";
        ProcessStartInfo start = new("bash",
            ["-c", $"{{ {tool}; exit ${{PIPESTATUS[0]}}; }}{(line.Contains("2>", StringComparison.Ordinal) ? "" : $" 2>{errors}")}"]);
        start.Environment["MOCOSHARP_CONVOLUTIONS"] = "columns";
        using Process process = Process.Start(start)!;
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)), "it did not end");
        return (process.ExitCode, File.Exists(errors) ? File.ReadAllText(errors) : "");
    }
}
