using MocoSharp.Embeddings;
using MocoSharp.Evaluation.Segmentation;

namespace MocoSharp;

/// <summary>What parting pictures into clusters came to.</summary>
/// <param name="Pictures">Each picture that could be read, and its files.</param>
/// <param name="Unreadable">Pictures that were left out, and why.</param>
/// <param name="Clusters">Each cluster's share of all pixels, in percent, in the clusters' order.</param>
/// <param name="Layers">The stages whose maps were taken.</param>
/// <param name="LearnedFrom">Places that the clusters were learned from.</param>
/// <param name="Agreement">How well the clusters, matched with classes, name the masks' pixels; null where none were compared.</param>
/// <param name="Compared">Pictures with a mask that was compared.</param>
public sealed record SegmentedPictures(
    IReadOnlyList<SegmentedPicture> Pictures, IReadOnlyList<UnreadablePicture> Unreadable, IReadOnlyList<double> Clusters,
    IReadOnlyList<string> Layers, int LearnedFrom, SegmentationScore? Agreement, int Compared);

/// <summary>One picture that was parted.</summary>
/// <param name="Name">The path as it was given.</param>
/// <param name="Overlay">The file that shows it beside its clusters; null where a sheet has no room for it.</param>
/// <param name="Mask">The clusters as a PNG with a palette, as large as the picture; null where none was asked for.</param>
public sealed record SegmentedPicture(string Name, string? Overlay, string? Mask);
