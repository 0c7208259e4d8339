namespace MocoSharp.Imaging.Augment;

/// <summary>How all views of a picture are made.</summary>
/// <param name="Views">One pipeline a view.</param>
public sealed record ViewRecipe(IReadOnlyList<ViewPipeline> Views)
{
    /// <summary>Views a picture.</summary>
    public int Count => Views.Count;

    /// <summary>The random numbers of one view of one sample.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="sample">The sample's index in its source.</param>
    /// <param name="view">The view; those that share their draws get equal streams.</param>
    public Rng Draws(ulong seed, long epoch, long sample, int view) =>
        Rng.For(seed, epoch, sample, Views[view].SharedDraws is { } shared ? -1 - shared : view);       // below 0: apart from all views' own

    /// <summary>The same pipeline for each view; each draws for itself.</summary>
    /// <param name="views">How many, 1 or more.</param>
    /// <param name="pipeline">What they share.</param>
    public static ViewRecipe Same(int views, ViewPipeline pipeline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        return new ViewRecipe(Enumerable.Repeat(pipeline, views).ToArray());
    }
}
