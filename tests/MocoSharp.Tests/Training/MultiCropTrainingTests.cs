using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Recipes whose views differ in size: which fit a method, and which do not.</summary>
public sealed class MultiCropTrainingTests : TensorTest
{
    [Fact]
    public void Local_views_after_the_global_ones_fit_a_method_that_takes_them() => Require("swav", [8, 8, 4, 4, 6]);

    [Theory]
    [InlineData("moco", new[] { 8, 8, 4 }, "views is 3, views a picture, and the method takes 2", "give 2 views")]
    [InlineData("swav", new[] { 8 }, "views is 1, views a picture, and the method takes 2 or more", "give 2 views")]
    [InlineData("lejepa", new[] { 8 }, "and the method takes 2 or more", "give 2 views")]
    [InlineData("swav", new[] { 8, 4, 4 }, "of 8×8 pixels at first, and 4×4 as view 2, and the method's first 2 views",
        "global views first")]
    [InlineData("dino", new[] { 8, 8, 4, 12 }, "and 12×12 as view 4, and no local view is larger", "global views first")]
    public void A_recipe_that_does_not_fit_says_why(string method, int[] sides, string problem, string fix)
    {
        OptionException error = Assert.Throws<OptionException>(() => Require(method, sides));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Local_views_stay_as_much_smaller_as_they_are_while_views_grow()
    {
        Recipe recipe = With("swav", [8, 8, 4]);
        recipe = recipe with { Training = recipe.Training with { Sizes = [new SizeStep(0, 16), new SizeStep(1, 24)] } };
        Assert.Equal([16, 16, 8], recipe.ViewRecipe(0).Views.Select(static view => view.Output(3).Width));
        Assert.Equal([24, 24, 12], recipe.ViewRecipe(1).Views.Select(static view => view.Output(3).Width));
        Assert.Equal([8, 8, 4], recipe.ViewRecipe().Views.Select(static view => view.Output(3).Width));
    }

    private static void Require(string name, int[] sides)
    {
        Recipe recipe = With(name, sides);
        using Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, 16, 8), recipe.Method);
        TrainingChecks.RequireViews(recipe, method);
    }

    private static Recipe With(string method, int[] sides) => TinyRecipes.For(method) with
    {
        Views = [.. sides.Select(static side => new ViewSettings([new RandomResizedCrop(side)], ChannelStats.Half))],
    };
}
