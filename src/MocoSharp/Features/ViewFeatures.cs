using System.Numerics.Tensors;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Features;

/// <summary>Features of scenes that are seen in several ways: each view's alone, and all side by side.</summary>
internal static class ViewFeatures
{
    /// <summary>One set a view, in the order of the recipe's views.</summary>
    /// <param name="recipe">Names the views.</param>
    /// <param name="compute">Where the networks are, and their element type.</param>
    /// <param name="features">A view's number and its pictures to features: a method's, in evaluation mode.</param>
    /// <param name="source">The scenes.</param>
    /// <param name="warned">Told of each unreadable scene, once a view.</param>
    /// <param name="work">Who makes them.</param>
    /// <param name="cancel">Stops between batches.</param>
    internal static IReadOnlyList<FeatureSet> OfEach(Recipe recipe, Compute compute, Func<int, Tensor, Tensor> features,
        IImageSource source, Action<string>? warned, SharedWork work, CancellationToken cancel)
    {
        IReadOnlyList<ViewPipeline> views = recipe.EvaluationViews();
        FeatureSet[] sets = new FeatureSet[views.Count];
        for (int view = 0; view < sets.Length; view++)
        {
            int which = view;
            sets[view] = new FeatureExtractor(recipe.Data, views[view], compute, view == 0 ? warned : null) { Work = work }
                .Extract(source, pictures => features(which, pictures), cancel: cancel);
        }
        return sets;
    }

    /// <summary>The sets side by side. Each view's part of a row has length 1, so that all count alike in a cosine.</summary>
    internal static FeatureSet Joined(IReadOnlyList<FeatureSet> sets)
    {
        int dimensions = sets.Sum(static set => set.Dimensions);
        float[] values = new float[checked(sets[0].Count * dimensions)];
        for (int row = 0; row < sets[0].Count; row++)
        {
            Span<float> to = values.AsSpan(row * dimensions, dimensions);
            foreach (FeatureSet set in sets)
            {
                TensorPrimitives.Divide(set.Row(row), Math.Max(TensorPrimitives.Norm(set.Row(row)), 1e-12f), to[..set.Dimensions]);
                to = to[set.Dimensions..];
            }
        }
        int[] absent = [.. sets.SelectMany(static set => set.Absent).Distinct().Order()];
        int[] labels = [.. sets[0].Labels];
        foreach (int row in absent) labels[row] = -1;
        return new FeatureSet(values, dimensions, labels, sets[0].Classes) { Absent = absent };
    }
}
