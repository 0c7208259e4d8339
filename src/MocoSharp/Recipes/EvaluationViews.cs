using MocoSharp.Imaging.Augment;

namespace MocoSharp.Recipes;

/// <summary>What classifiers see of a picture: of the size and statistics that the encoder learned with.</summary>
internal static class EvaluationViews
{
    /// <summary>The longest side of pictures that are compared pixel by pixel: distances between larger ones mean no more and take far more
    /// memory.</summary>
    internal const int PixelSide = 32;

    /// <summary>What a classifier learns from in supervised training: a random crop, mirrored half of the time, in the colors that the
    /// encoder knows. Views that are cut out of the picture at its own scale stay so.</summary>
    /// <param name="recipe">The run's recipe.</param>
    /// <param name="isPixels">Whether the pixels themselves are the features.</param>
    /// <param name="minimumArea">The crop's least share of the area.</param>
    internal static ViewPipeline Augmented(Recipe recipe, bool isPixels, float minimumArea)
    {
        ViewPipeline test = isPixels ? Pixels(recipe) : recipe.EvaluationView();
        int size = test.Output(recipe.Data.ChannelCount).ShorterSide;
        bool isCut = !isPixels
            && (recipe.Seen is { } seen ? seen.Steps is [CenterCrop, ..] : TestedViews.AreCut(recipe.Views[0].Pipeline()));
        Augmentation crop = isCut ? new RandomCrop(size, Padding: 0) : new RandomResizedCrop(size, Area: (minimumArea, 1f));
        return new ViewPipeline([.. test.Steps.OfType<Squash>(), crop, new Flip(Chance: 0.5f),
            .. test.Steps.Where(static step => step.IsRepresentation)], test.Stats);
    }

    /// <summary>What a classifier is tested on where the pixels themselves are the features: the whole picture's middle square, small, in
    /// the colors that the encoder knows.</summary>
    internal static ViewPipeline Pixels(Recipe recipe)
    {
        ViewPipeline test = recipe.EvaluationView(),
            small = ViewRecipes.Evaluation(Math.Min(PixelSide, test.Output(recipe.Data.ChannelCount).ShorterSide), test.Stats);
        return small.With([.. small.Steps, .. test.Steps.Where(static step => step.IsRepresentation)]);
    }
}
