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
    /// <param name="view">The view; those that share their draws get equal shared streams.</param>
    public ViewDraws Draws(ulong seed, long epoch, long sample, int view) => new()
    {
        Own = Rng.For(seed, epoch, sample, view),
        Shared = Rng.For(seed, epoch, sample, -1 - (Views[view].SharedDraws ?? 0)),       // below 0: apart from all views' own
    };

    /// <summary>The same pipeline for each view; each draws for itself.</summary>
    /// <param name="views">How many, 1 or more.</param>
    /// <param name="pipeline">What they share.</param>
    public static ViewRecipe Same(int views, ViewPipeline pipeline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        return new ViewRecipe(Enumerable.Repeat(pipeline, views).ToArray());
    }
}

/// <summary>The random numbers of one view of one sample: those of its own, and those that it shares with other views of the
/// sample.</summary>
/// <remarks>A value type of two streams that move on: pass it by <see langword="ref"/>.</remarks>
public struct ViewDraws
{
#pragma warning disable CA1051      // a field, so that a step can move the stream on by reference
    /// <summary>For steps that draw for this view alone.</summary>
    public Rng Own;

    /// <summary>For steps that draw the same as other views.</summary>
    public Rng Shared;
#pragma warning restore CA1051
}
