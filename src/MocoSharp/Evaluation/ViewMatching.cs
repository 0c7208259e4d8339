using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Evaluation;

/// <summary>Asks whether one view of a scene finds another view of it among those of many scenes: what a contrastive loss over views asks
/// for, with no label.</summary>
internal static class ViewMatching
{
    private const int MostScenes = 1000;

    /// <summary>The first scenes of a source: as many as are searched.</summary>
    internal static IImageSource Scenes(IImageSource source) =>
        source.Count <= MostScenes ? source : source.Take([.. Enumerable.Range(0, MostScenes)]);

    /// <summary>How often each other view of a scene is the nearest one to the scene's first view, in percent.</summary>
    /// <param name="projections">A set a view, rows of unit length, of the same scenes in the same order.</param>
    /// <returns>The views that differ from the first one: one whose features are the first view's own finds nothing out.</returns>
    internal static IEnumerable<(int View, double Top1)> Of(IReadOnlyList<FeatureSet> projections)
    {
        for (int view = 1; view < projections.Count; view++)
            if (!projections[view].Values.AsSpan().SequenceEqual(projections[0].Values))
                yield return (view, Top1(projections[0], projections[view]));
    }

    // of rows equally near the last counts, so that equal features find no more than guessing
    private static double Top1(FeatureSet from, FeatureSet to)
    {
        int found = 0;
        HashSet<int> absent = [.. from.Absent, .. to.Absent];
        for (int scene = 0; scene < from.Count; scene++)
        {
            if (absent.Contains(scene)) continue;
            int nearest = 0;
            float best = float.NegativeInfinity;
            for (int other = 0; other < to.Count; other++)
            {
                if (absent.Contains(other)) continue;
                float cosine = TensorPrimitives.Dot(from.Row(scene), to.Row(other));
                if (cosine >= best) (best, nearest) = (cosine, other);
            }
            if (nearest == scene) found++;
        }
        return 100.0 * found / Math.Max(1, from.Count - absent.Count);
    }
}

/// <summary>How well the first view finds another one.</summary>
/// <param name="View">The other view.</param>
/// <param name="IsTrained">Whether the networks were trained.</param>
/// <param name="Accuracy">Top-1 among <paramref name="Scenes"/> test scenes, in percent; guessing gives 100 /
/// <paramref name="Scenes"/>.</param>
/// <param name="Scenes">The scenes that were searched.</param>
public sealed record ViewMatch(
    string View, [property: JsonPropertyName("trained")] bool IsTrained,
    [property: JsonConverter(typeof(PercentConverter))] double Accuracy, int Scenes);
