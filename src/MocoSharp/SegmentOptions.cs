namespace MocoSharp;

/// <summary>How pictures are parted into clusters of places.</summary>
/// <param name="Clusters">k.</param>
/// <param name="Layers">The stages whose maps are taken, such as layer3; all where none is named.</param>
/// <param name="Data">Pictures that the clusters are learned from; null for those that are parted.</param>
/// <param name="AgainstMasks">A folder with a PNG mask for each picture, to compare the clusters with; null for no comparison.</param>
/// <param name="Ignore">The masks' value of pixels that do not count; null for 255 where values are numbers.</param>
/// <param name="WriteMasks">Whether each picture's clusters are written as a PNG with a palette, too.</param>
/// <param name="Side">The shorter side in pixels at which pictures are seen; null for the scale of tests.</param>
/// <param name="Places">Places that the clusters are learned from.</param>
/// <param name="Seed">Draws the places and starts the clusters.</param>
/// <param name="Force">Whether files of these names are replaced.</param>
/// <param name="Device">cpu, cuda or cuda:1; null for the run's.</param>
/// <param name="Checkpoint">As <see cref="Run.Open"/> takes it; of a run alone.</param>
public sealed record SegmentOptions(
    [Bounds(2, 255)] int Clusters = 8, IReadOnlyList<string>? Layers = null, string? Data = null, string? AgainstMasks = null,
    string? Ignore = null, bool WriteMasks = false, [Bounds(1, 4096)] int? Side = null, [Bounds(100, 10_000_000)] int Places = 20_000,
    ulong Seed = 1, bool Force = false, string? Device = null, string? Checkpoint = null)
{
    /// <summary>The stages whose maps are taken; all where none is named.</summary>
    public IReadOnlyList<string> Layers { get; init; } = Layers ?? [];
}
