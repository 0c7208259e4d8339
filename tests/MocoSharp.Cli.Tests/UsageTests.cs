using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class UsageTests : Workbench
{
    [Theory]
    [InlineData("trian", "moco --help")]
    [InlineData("train", "moco train --help")]
    [InlineData("eval knn", "moco eval knn --help")]
    [InlineData("resume x --stop-after 0", "moco resume --help")]
    [InlineData("train fashion --data a --run b --epochs many", "moco train --help")]
    [InlineData("train fashion --data a --run b --seed -1", "moco train --help")]
    [InlineData("demo --minutes soon", "moco demo --help")]
    [InlineData("demo --minutes 1,5", "moco demo --help")]
    [InlineData("eval linear x --rate 0,03", "moco eval linear --help")]
    [InlineData("eval knn x --device gpu", "moco eval knn --help")]
    public void A_wrong_command_line_is_exit_code_2_and_names_the_help(string line, string help)
    {
        Tool tool = Tool.Run(line.Split(' '));
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.StartsWith("error MS6001: ", tool.Error, StringComparison.Ordinal);
        Assert.Contains(help, tool.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", tool.Error, StringComparison.Ordinal);
        Assert.Empty(tool.Out);
    }

    [Fact]
    public void With_json_an_error_is_the_one_document()
    {
        Tool tool = Tool.Run("train", "no-such-recipe", "--data", Root, "--run", At("run"), "--json");
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        JsonElement error = document.RootElement.GetProperty("error");
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.StartsWith("MS2", error.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Contains("no-such-recipe", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("fix").GetString()!);
    }

    [Fact]
    public void An_unknown_recipe_gets_the_nearest_known_one()
    {
        Tool tool = Tool.Run("train", "moco-cifar11", "--data", Root, "--run", At("run"));
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("moco-cifar10", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_shown_with_line_column_and_the_nearest_known_key()
    {
        File.WriteAllText(Recipe, TinyRecipe.Replace("queueLength", "queueLenght", StringComparison.Ordinal));
        Tool tool = Train("run");
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Matches(@"tiny\.yaml\(5,\d+\)", tool.Error);
        Assert.Contains("queueLength", tool.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training.epochs=-1", "epochs")]
    [InlineData("training.epochs=few", "epochs")]
    [InlineData("training.epohcs=3", "did you mean 'epochs'")]
    [InlineData("method.queueLength=8", "smaller than the batch (16)")]
    [InlineData("encoder.name=resnet19", "resnet18")]
    [InlineData("nonsense", "path=value")]
    public void A_wrong_value_is_exit_code_2_and_says_what_it_takes(string assignment, string text)
    {
        Tool tool = Train("run", "--set", assignment);
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains(text, tool.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", tool.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("run")));
    }
}
