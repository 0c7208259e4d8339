using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Torch;
using MocoSharp.Training;

namespace MocoSharp.Evaluation;

/// <summary>Turns pictures into feature vectors, in the source's order.</summary>
/// <param name="settings">How pictures are read.</param>
/// <param name="view">What is seen of each; nothing random.</param>
/// <param name="type">Element type that the network computes in.</param>
/// <param name="warned">Told of each unreadable picture, for which the next readable one stands in.</param>
public sealed class FeatureExtractor(DataSettings settings, ViewPipeline view, DType type, Action<string>? warned = null)
{
    private const int BatchSize = 256;

    /// <summary>One vector a picture.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="network">From [N, C, H, W] to [N, D]; must be in evaluation mode.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS5001: there is no picture.</exception>
    public FeatureSet Extract(IImageSource source, Func<Tensor, Tensor> network, CancellationToken cancel = default)
    {
        if (source.Count == 0)
            throw new MocoException(ErrorIds.FeatureShape, "there is no picture to make features of", fix: "give a source that holds one picture or more");
        ViewLoader loader = new(source, new ViewRecipe([view]), new LoaderOptions
        {
            BatchSize = BatchSize,
            Workers = settings.Workers,
            Shuffle = false,
            DropLast = false,
            Colour = settings.Colour,
            MaximumBadShare = (float)settings.MaximumBadShare,
            MaximumPixels = settings.MaximumPixels,
        });
        BatchReader reader = new(type, Device.Cpu, seed: 0);
        float[]? features = null;
        int dimensions = 0, row = 0;
        int[] labels = new int[source.Count];
        using GradMode off = GradMode.Off();
        foreach (ViewBatch loaded in loader.Epoch(0, 0, cancel))
        {
            using (loaded)
            using (TensorScope.Begin())
            {
                Tensor output = network(reader.View(loaded, 0)).To(DType.Float32).Flatten(1);
                dimensions = (int)output.Size(1);
                features ??= new float[(long)source.Count * dimensions];
                output.ToArray<float>().CopyTo(features, row * dimensions);
                loaded.Labels.CopyTo(labels.AsSpan(row));
                row += loaded.Count;
            }
        }
        foreach (BadImage bad in loader.BadImages) warned?.Invoke(bad.Warning);
        return new FeatureSet(features!, dimensions, labels, source.Classes);
    }
}
