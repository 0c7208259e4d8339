using MocoSharp.Charts;
using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Sheets;
using MocoSharp.Maps.Quality;

namespace MocoSharp.Reports;

/// <summary>What a run's features are like.</summary>
/// <param name="Pictures">Pictures that were looked at.</param>
/// <param name="Available">How many there are to draw from.</param>
/// <param name="AreOfTest">Whether nothing was learned from them.</param>
/// <param name="Unreadable">Pictures that were drawn and could not be read.</param>
/// <param name="Geometry">Of the encoder, and of the space of the loss where that is known.</param>
/// <param name="Map">A map of the pictures; null where there is none.</param>
/// <param name="Neighbors">Some pictures and those that are most like them.</param>
public sealed record ReportFeatures(
    int Pictures, int Available, bool AreOfTest, int Unreadable, IReadOnlyList<FeatureGeometry> Geometry, ReportMap? Map,
    IReadOnlyList<ReportNeighbors> Neighbors)
{
    private const int Tile = 72, MapTile = 30, MapWidth = 1200, MapHeight = 900, MapThumbnails = 500;

    internal static ReportFeatures Of(FeatureStudy study, Action<string> warned) => new(
        study.Pictures.Count, study.Available, study.IsOfTest, study.Unreadable, study.Geometry, MapOf(study, warned),
        [.. study.Neighbors.Select(one => new ReportNeighbors(Shown(study.Pictures, one.Row, similarity: null),
            [.. one.Neighbors.Select(near => Shown(study.Pictures, near.Row, near.Similarity))]))]);

    private static ReportMap? MapOf(FeatureStudy study, Action<string> warned)
    {
        if (study.Map is not { } map) return null;
        bool isLabeled = map.Points.Any(static point => point.Label is not null);
        string?[] groups = [.. map.Points.Select(point => isLabeled ? point.Label
            : point.Cluster is { } cluster ? $"cluster {cluster}" : null)];
        (byte[] png, MapDrawing drawing) = new MapChart(map, groups,
            new MapChartOptions(MapWidth, MapHeight, MapThumbnails, MapTile, Title: "")).Png(study.Pictures);
        foreach (UndrawnPicture undrawn in drawing.Undrawn) warned($"{undrawn.Name} is not drawn on the map: {undrawn.Reason}");
        string colors = isLabeled ? "their classes" : "the clusters that they lie in";
        ReportPicture picture = ReportPicture.Of(ImageDecoder.Decode(png, default, "map.png"),
            $"A map of {map.Points.Count:N0} pictures, colored by {colors}; what the encoder takes for alike lies together. The "
            + "clusters are listed below it.", png);
        return new ReportMap(picture, map.Points, map.Clusters, map.Quality, map.Notes);
    }

    // deep pictures are spread, each by itself: people shall see something
    private static ReportNeighbor Shown(IImageSource pictures, int row, double? similarity)
    {
        Image image = Thumbnail.Of(pictures.Load(row, new DecodeRequest(ShorterSide: Tile, Range: SampleRange.OfPicture)), Tile);
        int label = pictures.Label(row);
        string? name = label < 0 ? null : pictures.Classes[label];
        return new ReportNeighbor(pictures.Name(row), name, similarity,
            ReportPicture.Of(image, name is null ? pictures.Name(row) : $"{name}: {pictures.Name(row)}"));
    }
}

/// <summary>A map of pictures.</summary>
/// <param name="Picture">The map as it is drawn.</param>
/// <param name="Points">Where each picture lies.</param>
/// <param name="Clusters">Groups that lie densely.</param>
/// <param name="Quality">How much of what is near is near on the map; null where there are too few pictures.</param>
/// <param name="Notes">What people should know, a sentence each.</param>
public sealed record ReportMap(
    ReportPicture Picture, IReadOnlyList<MapPoint> Points, IReadOnlyList<MapCluster> Clusters, MapQuality? Quality,
    IReadOnlyList<string> Notes);

/// <summary>A picture, and those that the encoder takes for most alike.</summary>
/// <param name="Query">The picture.</param>
/// <param name="Found">The most alike first.</param>
public sealed record ReportNeighbors(ReportNeighbor Query, IReadOnlyList<ReportNeighbor> Found);

/// <summary>A small picture with what is known of it.</summary>
/// <param name="Name">Its path below the data set.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="Similarity">The cosine with the picture that it was found for; null of that picture itself.</param>
/// <param name="Picture">The picture, small.</param>
public sealed record ReportNeighbor(string Name, string? Label, double? Similarity, ReportPicture Picture);
