using System.Text.Json.Serialization;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>What a segmentation probe came to.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Settings">How it was done.</param>
/// <param name="Pictures">What was used, and what was passed over.</param>
/// <param name="Results">For pixels, the untrained encoder and the trained one: the probe's score, then the clusters'.</param>
public sealed record SegmentationResult(
    string Run, SegmentationSettings Settings, SegmentationPictures Pictures, IReadOnlyList<SegmentationScore> Results)
    : EvaluationResult(Run, "segmentation")
{
    /// <summary>The trained encoder's probe.</summary>
    [JsonIgnore]
    public SegmentationScore Trained => Results.Last(static score => score.Test == SegmentationScore.Linear);

    /// <summary>The sheet of test pictures with truth and predictions; null where none was asked for.</summary>
    public string? Sheet { get; init; }
}

/// <summary>How a segmentation probe was done.</summary>
/// <param name="Data">Where the pictures are.</param>
/// <param name="TestData">Where the test pictures are, when they are not beside them.</param>
/// <param name="Masks">Where the masks are; null for the scenes' own maps of classes.</param>
/// <param name="TestMasks">Where those of test pictures are, when they are not beside them.</param>
/// <param name="Layers">The stages whose maps were taken.</param>
/// <param name="View">Whose view's network.</param>
/// <param name="Places">Places that were learned from, at most.</param>
/// <param name="Clusters">k of the clusters.</param>
/// <param name="Side">The shorter side at which pictures were seen; null for the scale of other tests.</param>
/// <param name="Seed">Of places and clusters.</param>
public sealed record SegmentationSettings(
    string Data, string? TestData, string? Masks, string? TestMasks, IReadOnlyList<string> Layers, int View, int Places, int Clusters,
    int? Side, ulong Seed);

/// <summary>Which pictures and pixels a segmentation probe used.</summary>
/// <param name="Train">Pictures to learn from.</param>
/// <param name="Test">Pictures to test on.</param>
/// <param name="WithoutMask">Pictures that no mask belongs to, left out.</param>
/// <param name="LeftOut">Pictures whose file or mask cannot be read or does not fit, left out.</param>
/// <param name="Pixels">Test pixels that counted.</param>
/// <param name="IgnoredPixels">Test pixels that did not count, since their mask says so.</param>
public sealed record SegmentationPictures(int Train, int Test, int WithoutMask, int LeftOut, long Pixels, long IgnoredPixels);

/// <summary>What came of one kind of features.</summary>
/// <param name="Features">pixels, untrained or trained.</param>
/// <param name="Test">linear: the probe. clusters: k-means, each cluster taken for the class that the best matching gives it.</param>
/// <param name="MeanIntersectionOverUnion">The mean over the classes that test pixels are of or were taken for, in percent.</param>
/// <param name="PixelAccuracy">Share of right pixels, in percent.</param>
/// <param name="MeanClassAccuracy">The mean over the classes of test pixels, in percent.</param>
/// <param name="Classes">One entry a class.</param>
/// <param name="Confusion">Pixels of each class, by row, that were taken for each; of clusters one column more, for those without a
/// class.</param>
public sealed record SegmentationScore(
    string Features, string Test,
    [property: JsonPropertyName("mean_iou"), JsonConverter(typeof(PercentConverter))] double MeanIntersectionOverUnion,
    [property: JsonConverter(typeof(PercentConverter))] double PixelAccuracy,
    [property: JsonConverter(typeof(PercentConverter))] double MeanClassAccuracy,
    IReadOnlyList<SegmentedClass> Classes, IReadOnlyList<IReadOnlyList<long>> Confusion)
{
    /// <summary>The probe.</summary>
    public const string Linear = "linear";

    /// <summary>Clusters that were matched with classes.</summary>
    public const string Clustered = "clusters";

    /// <summary>λ of the probe, given or chosen on every fifth of the training pictures; null for clusters.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The class that each cluster was matched with; null for the probe.</summary>
    public IReadOnlyList<MatchedCluster>? Clusters { get; init; }

    internal static SegmentationScore Of(string features, PixelCounts counts, IReadOnlyList<PixelClass> classes) =>
        new(features, Linear, 100 * counts.MeanIntersectionOverUnion, 100 * counts.Accuracy,
            100 * Enumerable.Range(0, classes.Count).Select(counts.AccuracyOf).OfType<double>().Average(),
            [.. classes.Select((one, kind) => new SegmentedClass(one.Name, one.Color, counts.OfClass(kind),
                100 * counts.IntersectionOverUnion(kind), 100 * counts.AccuracyOf(kind),
                counts.MistakenFor(kind) is { } other ? classes[other].Name : null))],
            [.. Enumerable.Range(0, counts.Truths).Select(truth =>
                (IReadOnlyList<long>)[.. Enumerable.Range(0, counts.Names).Select(name => counts[truth, name])])]);

    internal static SegmentationScore OfClusters(string features, PixelCounts counts, IReadOnlyList<PixelClass> classes)
    {
        int[] best = counts.BestClasses();
        return Of(features, counts.Renamed(best), classes) with
        {
            Test = Clustered,
            Clusters = [.. best.Select((kind, cluster) =>
                new MatchedCluster(cluster, kind < 0 ? null : classes[kind].Name, counts.OfName(cluster)))],
        };
    }
}

/// <summary>What came of one class's test pixels.</summary>
/// <param name="Name">The class: the mask's value, or its color.</param>
/// <param name="Color">Its color on sheets.</param>
/// <param name="Pixels">Its test pixels.</param>
/// <param name="IntersectionOverUnion">Its pixels that were recognized, of those that are it or were taken for it, in percent; null where
/// there is none of either.</param>
/// <param name="Accuracy">Its pixels that were recognized, in percent; null where it has none.</param>
/// <param name="MistakenFor">The class that most of the others were taken for; null where none was.</param>
public sealed record SegmentedClass(
    string Name, [property: JsonIgnore] Rgb Color, long Pixels,
    [property: JsonPropertyName("iou"), JsonConverter(typeof(NullablePercentConverter))] double? IntersectionOverUnion,
    [property: JsonConverter(typeof(NullablePercentConverter))] double? Accuracy, string? MistakenFor);

/// <summary>A cluster and the class that the best matching gave it.</summary>
/// <param name="Cluster">Its number.</param>
/// <param name="Class">The class; null where others took them all.</param>
/// <param name="Pixels">Its labeled test pixels.</param>
public sealed record MatchedCluster(int Cluster, string? Class, long Pixels);
