using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class WelcomeTests
{
    [Fact]
    public void Alone_it_says_what_to_do_first_in_a_few_lines()
    {
        Tool tool = Tool.Run().Succeeded();
        Assert.Contains("moco demo", tool.Out, StringComparison.Ordinal);
        Assert.Contains("--data DIR", tool.Out, StringComparison.Ordinal);
        Assert.InRange(tool.Lines.Count, 5, 15);
    }

    [Fact]
    public void Every_command_that_it_names_exists()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("--json").Succeeded().Out);
        foreach (JsonElement step in document.RootElement.GetProperty("first").EnumerateArray())
            Tool.Run(step.GetProperty("command").GetString()!.Split(' ')[1], "--help").Succeeded();
    }

    [Fact]
    public void The_version_is_one_line()
    {
        Tool tool = Tool.Run("--version").Succeeded();
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(tool.Lines));
    }

    [Fact]
    public void The_version_as_json()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("--version", "--json").Succeeded().Out);
        Assert.Equal(Tool.Run("--version").Out.Trim(), document.RootElement.GetProperty("version").GetString());
    }

    [Theory, InlineData("moco ", "train"), InlineData("moco ev", "eval"), InlineData("moco train --da", "--data")]
    public void A_shell_completes_what_was_begun(string line, string wanted) =>
        Assert.Contains(wanted, Tool.Run($"[suggest:{line.Length}]", line).Succeeded().Lines);

    [Theory, InlineData("bash"), InlineData("zsh"), InlineData("fish")]
    public void Each_shell_has_a_script_for_that(string shell) =>
        Assert.Contains("[suggest:", Tool.Run("completion", shell).Succeeded().Out, StringComparison.Ordinal);

    [Theory, InlineData("demo"), InlineData("train"), InlineData("resume"), InlineData("recipes"), InlineData("recipes show"),
        InlineData("views"), InlineData("eval"),
        InlineData("eval knn"), InlineData("doctor")]
    public void Every_command_explains_itself_and_all_its_options(string command)
    {
        Tool tool = Tool.Run([.. command.Split(' '), "--help"]).Succeeded();
        Assert.Contains("--json", tool.Out, StringComparison.Ordinal);
        foreach (string line in tool.Lines.Where(static line => line.TrimStart().StartsWith("--", StringComparison.Ordinal)))
            Assert.Matches(@"--\S+.*  \S", line);       // an option, then at least two blanks, then its text
    }
}
