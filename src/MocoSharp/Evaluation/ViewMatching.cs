using System.Numerics.Tensors;

namespace MocoSharp.Evaluation;

/// <summary>Asks whether one view of a scene finds another view of it among those of many scenes: what a contrastive loss over views asks for, with no label.</summary>
internal static class ViewMatching
{
    /// <summary>Scenes that are searched at most; the first of the set.</summary>
    internal const int MostScenes = 1000;

    /// <summary>How often the nearest row of the other view is the scene's own, in percent. Of rows equally near the last counts, so that equal features find nothing but one.</summary>
    /// <param name="from">One view's projections, rows of unit length.</param>
    /// <param name="to">The other view's, of the same scenes in the same order.</param>
    internal static double Top1(FeatureSet from, FeatureSet to)
    {
        int scenes = Math.Min(from.Count, MostScenes), found = 0;
        for (int scene = 0; scene < scenes; scene++)
        {
            int nearest = 0;
            float best = float.NegativeInfinity;
            for (int other = 0; other < scenes; other++)
            {
                float cosine = TensorPrimitives.Dot(from.Row(scene), to.Row(other));
                if (cosine >= best) (best, nearest) = (cosine, other);
            }
            if (nearest == scene) found++;
        }
        return 100.0 * found / scenes;
    }
}

/// <summary>How well the first view finds another one.</summary>
/// <param name="View">The other view.</param>
/// <param name="IsTrained">Whether the networks were trained.</param>
/// <param name="Accuracy">Top-1 among <paramref name="Scenes"/> test scenes, in percent; guessing gives 100 / <paramref name="Scenes"/>.</param>
/// <param name="Scenes">The scenes that were searched.</param>
public sealed record ViewMatch(string View, bool IsTrained, double Accuracy, int Scenes);
