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
    public void The_list_fits_80_columns() =>
        Assert.All(Tool.Run("recipes").Succeeded().Lines, static line => Assert.InRange(line.Length, 1, 80));

    [Fact]
    public void Batch_and_queue_of_photos_follow_the_number_of_pictures_and_the_run_says_what_they_came_to()
    {
        Tool tool = Tool.Run("train", "photos", "--data", Flat(70), "--run", At("run"), "--max-steps", "2", "--set", "encoder.width=0.125",
            "--set", "views.0.steps.0.randomResizedCrop.size=32").Succeeded();
        Recipe recipe = RecipeFile.Load(At("run", "recipe.yaml")).Recipe;
        Assert.Equal(8, recipe.Training.BatchSize);
        Assert.Equal(2, recipe.Encoder.BatchNormSplits);
        // a quarter of 140 keys, in eights
        Assert.Equal(32, Assert.IsType<MocoSharp.Methods.MoCo.MoCoOptions>(recipe.Method).QueueLength);
        Assert.Contains("8 steps of 8 each", tool.Out, StringComparison.Ordinal);
        Assert.Contains("view 1: 2 x randomResizedCrop", tool.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", tool.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void As_json_every_recipe_has_a_source()
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run("recipes", "--json").Succeeded().Out);
        Assert.Equal(RecipeFile.Names, document.RootElement.GetProperty("recipes").EnumerateArray()
            .Select(static recipe => recipe.GetProperty("name").GetString()));
        Assert.All(document.RootElement.GetProperty("recipes").EnumerateArray(),
            static recipe => Assert.NotEmpty(recipe.GetProperty("what").GetString()!));
    }

    [Fact]
    public void What_show_prints_can_be_kept_as_a_file_and_used()
    {
        string mine = At("mine.yaml");
        File.WriteAllText(mine, Tool.Run("recipes", "show", "moco-cifar10").Succeeded().Out);
        Assert.Equal(RecipeFile.Load("moco-cifar10").Text, RecipeFile.Load(mine).Text);
    }

    [Fact]
    public void Show_writes_a_file_of_ones_own_with_its_defaults() =>
        Assert.Contains("temperature: 0.2", Tool.Run("recipes", "show", Recipe).Succeeded().Out, StringComparison.Ordinal);

    [Fact]
    public void The_page_of_all_keys_is_up_to_date_and_says_what_each_means()
    {
        string page = Tool.Run("recipes", "keys", "--markdown").Succeeded().Out;
        Assert.Equal(page, File.ReadAllText(Path.Combine(SourceFolder.Root, "docs", "recipe-keys.md")));
        Assert.All(RecipeKey.All.Where(static key => key.Takes.Length > 0), static key => Assert.NotEmpty(key.What));
    }

    [Fact]
    public void Keys_lists_each_key_with_what_it_takes_and_its_default()
    {
        Tool tool = Tool.Run("recipes", "keys").Succeeded();
        Assert.Contains(tool.Lines, static line => Words(line) is "training.batchSize a number from 0 to 65536 required");
        Assert.Contains(tool.Lines, static line => Words(line) is "method.temperature nnclr a number above 0 and up to 100 0.1");
        Assert.Contains(tool.Lines, static line =>
            Words(line) is "views.N.steps.N.randomResizedCrop.area randomResizedCrop two numbers, the lower first, above 0 and up to 1");
        Assert.Contains(tool.Lines, static line => Words(line) is "optimizer.momentum sgd a number from 0 to below 1 0.9");
        Assert.All(Tool.Run("recipes", "keys", "palette").Succeeded().Lines.Skip(1),
            static line => Assert.Contains("palette", line, StringComparison.Ordinal));
        using JsonDocument document = JsonDocument.Parse(Tool.Run("recipes", "keys", "--json").Succeeded().Out);
        Assert.Equal(RecipeKey.All.Count, document.RootElement.GetProperty("keys").GetArrayLength());
    }

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
