using MocoSharp.Imaging.Augment;

namespace MocoSharp.Bench;

/// <summary>Views as a benchmark wants them.</summary>
public static class BenchmarkPictures
{
    /// <summary>The same views at another size.</summary>
    /// <param name="views">Each begins with a crop of a fixed size.</param>
    /// <param name="side">Side of the views in pixels; null keeps what they have.</param>
    public static ViewRecipe AtSize(ViewRecipe views, int? side) => side is not { } size ? views
        : new ViewRecipe([.. views.Views.Select(view => new ViewPipeline(view.Steps.Select(step => step switch
        {
            RandomResizedCrop crop => crop with { Size = size },
            CenterFit fit => fit with { Size = size },
            _ => step,
        }), view.Stats))]);
}
