using MocoSharp.Methods;
using MocoSharp.Recipes;

namespace MocoSharp.Tests.Recipes;

public sealed class ShippedRecipesTests : TensorTest
{
    public static TheoryData<string> Names => [.. RecipeFile.Names];

    [Theory, MemberData(nameof(Names))]
    public void A_recipe_that_is_written_whole_reads_back_as_the_same_text(string name)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("moco-recipe").FullName, "whole.yaml");
        string written = RecipeFile.Load(name).Text;
        File.WriteAllText(path, written);
        Assert.Equal(written, RecipeFile.Load(path).Text);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_recipes_network_is_built_takes_its_views_and_gives_features(string name)
    {
        Recipe recipe = RecipeFile.Load(name).Recipe.Checked();
        using (Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, pictures: 64, recipe.JointBatch), recipe.Method))
        {
            Assert.Equal(method.Views, recipe.ViewRecipe().Views.Count);
            Assert.Equal(method.Views, method.ViewChannels?.Count ?? method.Views);
            method.CheckViews(recipe.ViewRecipe().Views, recipe.Data.ChannelCount);
        }
        MethodSummary summary = MethodSummary.Of(recipe, pictures: 64);
        Assert.NotEmpty(summary.Layers);
        Assert.InRange(summary.EncoderParameters, 1, summary.TrainedParameters);
    }

    [Theory]
    [InlineData("training.batchSize=1000000")]
    [InlineData("encoder.channels=7")]
    [InlineData("views.0.steps.0.randomResizedCrop.size=0")]
    public void What_contradicts_another_value_is_an_error_at_a_place(string edit)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Load("moco-cifar10", [edit]));
        Assert.NotEmpty(error.Fix!);
        Assert.Matches(@"--set|\(\d+,\d+\)", error.At!);
    }
}
