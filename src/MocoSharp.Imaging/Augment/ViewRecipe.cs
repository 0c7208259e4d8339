namespace MocoSharp.Imaging.Augment;

/// <summary>How all views of a picture are made.</summary>
/// <param name="Views">One pipeline a view.</param>
public sealed record ViewRecipe(IReadOnlyList<ViewPipeline> Views)
{
    /// <summary>Views a picture.</summary>
    public int Count => Views.Count;

    /// <summary>The same pipeline for each view; each draws for itself.</summary>
    /// <param name="views">How many, 1 or more.</param>
    /// <param name="pipeline">What they share.</param>
    public static ViewRecipe Same(int views, ViewPipeline pipeline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        return new ViewRecipe(Enumerable.Repeat(pipeline, views).ToArray());
    }
}
