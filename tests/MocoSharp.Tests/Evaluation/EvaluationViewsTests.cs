using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using MocoSharp.Tests.Recipes;

namespace MocoSharp.Tests.Evaluation;

/// <summary>What classifiers learn from and are tested on is of one kind, for every recipe.</summary>
public sealed class EvaluationViewsTests
{
    [Theory, MemberData(nameof(ShippedRecipesTests.Names), MemberType = typeof(ShippedRecipesTests))]
    public void Classifiers_learn_from_views_of_the_size_the_scale_and_the_colors_that_they_are_tested_on(string name)
    {
        Recipe recipe = RecipeFile.Load(name, []).Recipe;
        foreach (bool isPixels in new[] { false, true })
        {
            ViewPipeline test = isPixels ? EvaluationViews.Pixels(recipe) : recipe.EvaluationView(),
                learned = EvaluationViews.Augmented(recipe, isPixels, minimumArea: 0.2f);
            Assert.Equal(test.Output(recipe.Data.ChannelCount), learned.Output(recipe.Data.ChannelCount));
            Assert.Equal(test.Stats, learned.Stats);
            Assert.Equal(Colors(recipe.Views[0].Pipeline()), Colors(test));
            Assert.Equal(Colors(test), Colors(learned));
            Assert.Equal(test.Steps.Any(static step => step is CenterCrop), learned.Steps.Any(static step => step is RandomCrop));
        }
        foreach ((ViewPipeline trained, ViewPipeline tested) in recipe.ViewRecipe().Views.Zip(recipe.EvaluationViews()))
            Assert.Equal(Colors(trained), Colors(tested));
    }

    private static Augmentation[] Colors(ViewPipeline view) => [.. view.Steps.Where(static step => step.IsRepresentation)];
}
