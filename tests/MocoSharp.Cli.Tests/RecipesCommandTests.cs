using System.Text.Json;
using MocoSharp.Recipes;

namespace MocoSharp.Cli.Tests;

public sealed class RecipesCommandTests : Workbench
{
    [Fact]
    public void The_list_names_every_recipe_with_its_encoder_and_picture_size()
    {
        Tool tool = Tool.Run("recipes").Succeeded();
        foreach (string name in RecipeFile.Names)
        {
            string line = Assert.Single(tool.Lines, line => line.StartsWith(name + " ", StringComparison.Ordinal));
            Assert.Matches(@"\S+.* \d+ px", line);
        }
    }

    [Fact]
    public void As_json_every_recipe_has_a_source()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("recipes", "--json").Succeeded().Out);
        Assert.Equal(RecipeFile.Names, document.RootElement.GetProperty("recipes").EnumerateArray().Select(static recipe => recipe.GetProperty("name").GetString()));
        Assert.All(document.RootElement.GetProperty("recipes").EnumerateArray(), static recipe => Assert.NotEmpty(recipe.GetProperty("what").GetString()!));
    }

    [Fact]
    public void What_show_prints_can_be_kept_as_a_file_and_used()
    {
        string mine = At("mine.yaml");
        File.WriteAllText(mine, Tool.Run("recipes", "show", "moco-cifar10").Succeeded().Out);
        Assert.Equal(RecipeFile.Load("moco-cifar10").Text, RecipeFile.Load(mine).Text);
    }

    [Fact]
    public void Show_writes_a_file_of_ones_own_with_its_defaults() => Assert.Contains("temperature: 0.2", Tool.Run("recipes", "show", Recipe).Succeeded().Out, StringComparison.Ordinal);
}
