namespace MocoSharp.Evaluation.Segmentation;

/// <summary>How a segmentation probe is done.</summary>
/// <param name="Layers">The stages whose maps are taken, such as layer3; all where none is named.</param>
/// <param name="View">Which view's pictures and network, for runs whose views are different kinds of pictures.</param>
/// <param name="Masks">A folder with a PNG mask for each picture, in folders like the pictures' and under their names; null for the map of
/// classes that scenes come with.</param>
/// <param name="TestMasks">The same for test pictures that lie elsewhere.</param>
/// <param name="Ignore">The mask's value of pixels that do not count: a number, or a color such as #000000. Null for 255 where values are
/// numbers.</param>
/// <param name="Side">The shorter side in pixels at which pictures are seen and named; null for the scale of other tests.</param>
/// <param name="Places">Places of the training pictures that are learned from.</param>
/// <param name="WeightDecay">λ: mean cross-entropy + λ/2 of the squared weights, on standardized features, is minimized. Null chooses it
/// on every fifth of the training pictures.</param>
/// <param name="Clusters">k of the clusters that are matched with classes; null for as many as there are classes.</param>
/// <param name="Seed">Draws the places and starts the clusters.</param>
/// <param name="Shown">Test pictures on a sheet with truth and predictions; 0 for no sheet.</param>
public sealed record SegmentationOptions(
    IReadOnlyList<string>? Layers = null, [Bounds(0, 1000)] int View = 0, string? Masks = null, string? TestMasks = null,
    string? Ignore = null, [Bounds(1, 4096)] int? Side = null, [Bounds(100, 10_000_000)] int Places = 20_000,
    [Bounds(0, 1000, ExceptLeast = true)] double? WeightDecay = null, [Bounds(2, 255)] int? Clusters = null, ulong Seed = 1,
    [Bounds(0, 100)] int Shown = 0)
{
    /// <summary>The stages whose maps are taken; all where none is named.</summary>
    public IReadOnlyList<string> Layers { get; init; } = Layers ?? [];
}
