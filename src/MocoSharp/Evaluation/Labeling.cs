using System.Numerics.Tensors;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>Labels pictures that nobody labeled, with a classifier that was kept.</summary>
public static class Labeling
{
    /// <summary>Names each picture in the source's order; memory does not grow with their number.</summary>
    /// <param name="run">The classifier's run.</param>
    /// <param name="recipe">The run's recipe.</param>
    /// <param name="head">The classifier.</param>
    /// <param name="source">The pictures.</param>
    /// <param name="threshold">A picture whose likeliest class has a lower probability is left unlabeled; 0 labels all.</param>
    /// <param name="take">Gets each picture; the probabilities' memory is used again after the call.</param>
    /// <param name="warned">Told of each damaged checkpoint that is passed over.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS5007: the run's encoder is not the one that the classifier was fitted on.</exception>
    public static LabelingCount Run(
        RunFolder run, Recipe recipe, SavedHead head, IImageSource source, double threshold,
        Action<LabeledPicture> take, Action<string>? warned = null, CancellationToken cancel = default)
    {
        using ComparedNetwork network = head.Open(run, recipe, warned);
        FeatureExtractor extractor = new(recipe.Data, recipe.EvaluationView(), Compute.Of(recipe.Training));
        float[] probabilities = new float[head.Head.Classes.Count];
        int row = 0, labeled = 0, unreadable = 0;
        // Every unreadable picture is told of, so none is too many.
        IReadOnlyList<BadImage> bad = extractor.ForEach(source, network.Forward, maximumBadShare: 1, epoch: 0, (loaded, features) =>
        {
            if (features.Size(1) != head.Head.Dimensions)
                throw new MocoException(ErrorIds.HeadDiffers,
                    $"the classifier reads {head.Head.Dimensions} features, and the network gives {features.Size(1)}", at: run.Root,
                    fix: "fit it anew with this run");
            Span<float> rows = features.AsSpan<float>();
            for (int i = 0; i < loaded.Count; i++, row++)
            {
                if (loaded.Indices[i] != row)       // another picture stands in for it
                {
                    unreadable++;
                    take(new LabeledPicture(source.Name(row), -1, Kept: false, default));
                    continue;
                }
                head.Head.Apply(rows.Slice(i * head.Head.Dimensions, head.Head.Dimensions), probabilities);
                int best = TensorPrimitives.IndexOfMax<float>(probabilities);
                bool kept = probabilities[best] >= threshold;
                labeled += kept ? 1 : 0;
                take(new LabeledPicture(source.Name(row), best, kept, probabilities));
            }
        }, cancel);
        return new LabelingCount(row, labeled, unreadable, [.. bad.Select(static image => $"{image.Name}: {image.Reason}")]);
    }
}

/// <summary>One picture.</summary>
/// <param name="Name">What the source calls it.</param>
/// <param name="Best">The likeliest class; −1 where the picture cannot be read.</param>
/// <param name="Kept">Whether it is likely enough to be its label.</param>
/// <param name="Probabilities">[C]; empty where the picture cannot be read.</param>
public sealed record LabeledPicture(string Name, int Best, bool Kept, ReadOnlyMemory<float> Probabilities);

/// <summary>What became of all pictures.</summary>
/// <param name="Pictures">How many there are.</param>
/// <param name="Labeled">Those with a label.</param>
/// <param name="Unreadable">Those that cannot be read.</param>
/// <param name="Reasons">What is wrong with each of these.</param>
public sealed record LabelingCount(int Pictures, int Labeled, int Unreadable, IReadOnlyList<string> Reasons)
{
    /// <summary>Those that are not likely enough to be of any class.</summary>
    public int Abstained => Pictures - Labeled - Unreadable;
}
