using MocoSharp.Embeddings;
using MocoSharp.Maps;
using MocoSharp.Maps.Clustering;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Quality;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>How a map is made of embeddings.</summary>
/// <param name="Method">UMAP, or principal components, which are quick and show less.</param>
/// <param name="Neighbors">UMAP's: how many nearest pictures tell what is near.</param>
/// <param name="MinDistance">UMAP's: how close pictures may lie on the map.</param>
/// <param name="Spread">UMAP's: the scale of the map's distances.</param>
/// <param name="Metric">How far two embeddings are apart.</param>
/// <param name="Epochs">UMAP's rounds; null is 500 for up to 10,000 pictures and 200 for more.</param>
/// <param name="IsSupervised">Whether pictures of a class are drawn together: the map then shows what labels say, and proves nothing of the
/// encoder.</param>
/// <param name="ClusterSize">Fewer pictures are no cluster; 1 looks for none; null is a hundredth of the pictures, 15 at
/// least.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="Threads">Null takes all processors. The map does not depend on it.</param>
public sealed record MapSettings(
    MapMethod Method = MapMethod.Umap, [Bounds(2, 1000)] int Neighbors = 15, [Bounds(0, 1000)] double MinDistance = 0.1,
    [Bounds(0.001, 1000)] double Spread = 1, Metric Metric = Metric.Cosine, [Bounds(1, 100_000)] int? Epochs = null,
    bool IsSupervised = false, [Bounds(1, 1_000_000)] int? ClusterSize = null, ulong Seed = 1, [Bounds(1, 4096)] int? Threads = null);

/// <summary>What lays a map out.</summary>
public enum MapMethod
{
    /// <summary>McInnes, Healy and Melville 2018, arXiv:1802.03426.</summary>
    Umap,

    /// <summary>The two directions in which embeddings vary most.</summary>
    Pca,
}

/// <summary>A picture's place on a map.</summary>
/// <param name="Row">Its row in the file of embeddings.</param>
/// <param name="Name">Its name; the row's number where the file has none.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="X">To the right.</param>
/// <param name="Y">Upward.</param>
/// <param name="Cluster">From 0; null where it is in none.</param>
/// <param name="IsNew">Whether it was placed on a map that was there before.</param>
public sealed record MapPoint(int Row, string Name, string? Label, float X, float Y, int? Cluster, bool IsNew = false);

/// <summary>A group of pictures that lie densely on a map.</summary>
/// <param name="Cluster">Its number, from 0.</param>
/// <param name="Size">Its pictures.</param>
/// <param name="Exemplar">The name of a picture from its densest part.</param>
/// <param name="Label">The class that most of its labeled pictures have; null where none has one.</param>
/// <param name="Share">The share of that class among them, 0 to 1.</param>
public sealed record MapCluster(int Cluster, int Size, string Exemplar, string? Label, double Share);

/// <summary>A map of a folder of pictures: near each other is what the encoder takes for alike.</summary>
public sealed class FolderMap
{
    private const int LeastCluster = 15;

    private FolderMap(IReadOnlyList<MapPoint> points, MapSettings settings) => (Points, Settings) = (points, settings);

    /// <summary>Pictures with an embedding, in the file's order.</summary>
    public IReadOnlyList<MapPoint> Points { get; }

    /// <summary>How it was made.</summary>
    public MapSettings Settings { get; }

    /// <summary>Groups that lie densely, by HDBSCAN on the map; none where none were looked for.</summary>
    public IReadOnlyList<MapCluster> Clusters { get; private init; } = [];

    /// <summary>How much of what is near among the embeddings is near on the map, and the other way; null for pictures placed on a
    /// kept map.</summary>
    public MapQuality? Quality { get; private init; }

    /// <summary>The nearest others of each point, by their places in <see cref="Points"/>; null where the map has none.</summary>
    public NeighborGraph? Neighbors { get; private init; }

    /// <summary>Rows without an embedding.</summary>
    public int Absent { get; private init; }

    /// <summary>What people should know, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What UMAP made, to be kept (<see cref="KeptMap.Save"/>); null for other methods.</summary>
    public UmapMap? Layout { get; private init; }

    /// <summary>Makes a map.</summary>
    /// <param name="embeddings">A row a picture.</param>
    /// <param name="settings">How; null for UMAP with its usual numbers.</param>
    /// <param name="start">The map that this one starts from and is turned onto; null for none.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OptionException">A setting is out of its range, or labels are asked for and there are none.</exception>
    /// <exception cref="MocoException">The embeddings cannot be mapped. MS5370: the map to start from has none of them.</exception>
    public static FolderMap Make(EmbeddingsFile embeddings, MapSettings? settings = null, MapStart? start = null,
        IProgress<RunProgress>? progress = null, CancellationToken cancel = default) =>
        Make(MappedRows.Of(embeddings), (settings ?? new MapSettings()).InBounds(), start, progress, cancel);

    /// <inheritdoc cref="Make(EmbeddingsFile, MapSettings?, MapStart?, IProgress{RunProgress}?, CancellationToken)"/>
    internal static FolderMap Make(MappedRows rows, MapSettings settings, MapStart? start, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        if (settings is { IsSupervised: true, Method: MapMethod.Pca })
            throw new OptionException("isSupervised", true, "and principal components take no labels",
                fix: "leave one of --supervised and --method pca out");
        if (start is not null && settings.Method == MapMethod.Pca)
            throw new OptionException("method", settings.Method, "and principal components start from no other map",
                fix: "leave one of --align and --method pca out");
        int missing = 0;
        PointSet? first = start?.PlacesOf(rows.PresentNames, out missing);
        ReadOnlyMemory<int>? labels = settings.IsSupervised ? rows.LabelNumbers() : (ReadOnlyMemory<int>?)null;
        progress?.Report(new Doing($"laying out {rows.Features.Count:N0} pictures"));
        UmapFit? fit = settings.Method == MapMethod.Umap ? Umap.Fit(rows.Features, Options(settings), labels, first, cancel: cancel)
            : null;
        PointSet places = fit?.Points ?? Pca.Fit(rows.Features, 2, settings.Threads, cancel).Transform(rows.Features);
        progress?.Report(new Doing("looking for clusters"));
        Clusters? clusters = ClustersOf(places, settings, cancel);
        progress?.Report(new Doing("measuring the map"));
        MapQuality? quality = rows.Features.Count < 4 ? null
            : MapQuality.Of(rows.Features, places, Math.Min(settings.Neighbors, (rows.Features.Count - 1) / 2), settings.Metric,
                seed: settings.Seed, threads: settings.Threads, cancel: cancel);
        return new FolderMap(rows.Points(places, clusters, isNew: false), settings)
        {
            Clusters = clusters is null ? [] : [.. rows.Describe(clusters)],
            Quality = quality,
            Neighbors = fit?.Neighbors,
            Absent = rows.Absent,
            Notes = [.. fit?.Notes ?? [], .. PartsNote(fit), .. MissingNote(missing)],
            Layout = fit,
        };
    }

    /// <summary>Places pictures on a map that was kept; that map stays as it is.</summary>
    /// <param name="kept">The map.</param>
    /// <param name="embeddings">More pictures, embedded by the same encoder.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The kept map's pictures, then the new ones.</returns>
    /// <exception cref="MocoException">MS5105: they are of another encoder. MS8003: they have other dimensions.</exception>
    public static FolderMap Onto(KeptMap kept, EmbeddingsFile embeddings, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default)
    {
        kept.RequireSameEncoder(embeddings);
        MappedRows rows = MappedRows.Of(embeddings);
        progress?.Report(new Doing($"placing {rows.Features.Count:N0} pictures on the map"));
        PointSet places = kept.Layout.Transform(rows.Features, cancel: cancel);
        return new FolderMap([.. kept.Points, .. rows.Points(places, clusters: null, isNew: true)], kept.Settings)
        {
            Absent = rows.Absent,
            Layout = kept.Layout,
        };
    }

    internal static UmapOptions Options(MapSettings settings) => new(settings.Neighbors, Metric: settings.Metric,
        MinDistance: settings.MinDistance, Spread: settings.Spread, Epochs: settings.Epochs, Seed: settings.Seed,
        Threads: settings.Threads);

    private static Clusters? ClustersOf(PointSet places, MapSettings settings, CancellationToken cancel)
    {
        int size = settings.ClusterSize ?? Math.Max(LeastCluster, places.Count / 100);
        return size < 2 || places.Count < size ? null
            : Hdbscan.Fit(places, new HdbscanOptions(size, MinSamples: Math.Min(size, LeastCluster), Seed: settings.Seed,
                Threads: settings.Threads), cancel);
    }

    private static IEnumerable<string> MissingNote(int missing)
    {
        if (missing > 0) yield return $"{missing:N0} pictures are not on the map that this one starts from, and started in its middle";
    }

    private static IEnumerable<string> PartsNote(UmapFit? fit)
    {
        if (fit is { Parts: > 1 })
            yield return $"the pictures fall into {fit.Parts} parts that no neighbor joins: how these lie to each other says little";
    }
}
