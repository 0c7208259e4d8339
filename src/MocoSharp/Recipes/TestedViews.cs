using MocoSharp.Imaging.Augment;

namespace MocoSharp.Recipes;

/// <summary>What a view is without chance: random cuts become the middle, what only chance brings is left out.</summary>
internal static class TestedViews
{
    /// <summary>Whether a view is cut out of the picture without a border and without resampling: its scale is then kept in tests
    /// too.</summary>
    internal static bool AreCut(ViewPipeline view) => view.Steps is [RandomCrop { Padding: 0 }, ..];

    internal static ViewPipeline Of(ViewPipeline view) => view.With(view.Steps.Select(Certain).OfType<Augmentation>());

    private static Augmentation? Certain(Augmentation step) => step switch
    {
        RandomCrop crop => new CenterCrop(crop.Size),
        RandomResizedCrop crop => new CenterFit(crop.Size, Interpolation: crop.Interpolation),
        Resize or Squash or CenterFit or CenterCrop => step,
        { IsRepresentation: true } => step,
        _ => null,
    };
}
