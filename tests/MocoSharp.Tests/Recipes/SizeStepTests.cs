using MocoSharp.Recipes;

namespace MocoSharp.Tests.Recipes;

public sealed class SizeStepTests
{
    [Fact]
    public void Views_grow_at_the_epochs_that_are_written_and_tests_see_the_views_own_size()
    {
        Recipe recipe = RecipeFile.Load("moco-v2-imagenette-fast",
            ["training.sizes.0.size=48", "training.sizes.1.fromEpoch=3", "training.sizes.1.size=96"]).Recipe;
        Assert.Equal([48, 48, 96, 96], new[] { 0, 2, 3, 50 }.Select(epoch => recipe.ViewRecipe(epoch).Views[1].Output(3).Width));
        Assert.Equal((112, 112), (recipe.ViewRecipe().Views[0].Output(3).Width, recipe.EvaluationView().Output(3).Width));
        Assert.Equal(224, RecipeFile.Load("moco-v2-imagenette").Recipe.ViewRecipe(7).Views[0].Output(3).Width);
    }

    [Fact]
    public void Sizes_that_change_and_pictures_that_a_probe_adds_to_the_batch_exclude_each_other()
    {
        Recipe recipe = RecipeFile.Load("nnclr-stl10-keras").Recipe;
        recipe = recipe with { Training = recipe.Training with { Sizes = [new SizeStep(0, 48)] } };
        OptionException error = Assert.Throws<OptionException>(recipe.Checked);
        Assert.Contains("the pictures that the probe adds", error.Message, StringComparison.Ordinal);
        Assert.Contains("probe.joint", error.Fix, StringComparison.Ordinal);
        Assert.Equal(48, (recipe with { Probe = recipe.Probe! with { Joint = false } }).Checked().ViewRecipe(0).Views[0].Output(3).Width);
    }

    [Theory]
    [InlineData("training.sizes.0.fromEpoch=1")]
    [InlineData("training.sizes.1.fromEpoch=0")]
    [InlineData("training.sizes.1.size=7")]
    public void What_does_not_begin_at_0_or_does_not_rise_or_is_too_small_is_an_error(string edit) =>
        Assert.NotEmpty(Assert.Throws<RecipeException>(() => RecipeFile.Load("moco-v2-imagenette-fast", [edit])).Fix!);
}
