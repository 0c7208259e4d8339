using MocoSharp.Recipes;

namespace MocoSharp.Tests.Recipes;

public sealed class SizeStepTests
{
    [Fact]
    public void Views_grow_at_the_epochs_that_are_written_and_tests_see_the_views_own_size()
    {
        Recipe recipe = RecipeFile.Load("moco-v2-imagenette-fast",
            ["training.sizes.0.size=64", "training.sizes.1.fromEpoch=3", "training.sizes.1.size=96", "training.sizes.2.fromEpoch=5", "training.sizes.2.size=160"]).Recipe;
        Assert.Equal([64, 64, 96, 96, 160, 160], new[] { 0, 2, 3, 4, 5, 50 }.Select(epoch => recipe.ViewRecipe(epoch).Views[1].Output(3).Width));
        Assert.Equal((128, 128), (recipe.ViewRecipe().Views[0].Output(3).Width, recipe.EvaluationView().Output(3).Width));
        Assert.Equal(224, RecipeFile.Load("moco-v2-imagenette").Recipe.ViewRecipe(7).Views[0].Output(3).Width);
    }

    [Theory]
    [InlineData("training.sizes.0.fromEpoch=1")]
    [InlineData("training.sizes.1.fromEpoch=0")]
    [InlineData("training.sizes.1.size=7")]
    public void What_does_not_begin_at_0_or_does_not_rise_or_is_too_small_is_an_error(string edit) =>
        Assert.NotEmpty(Assert.Throws<RecipeException>(() => RecipeFile.Load("moco-v2-imagenette-fast", [edit])).Fix!);
}
