using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Embeddings;

/// <summary>Pictures that something is asked of, as an encoder sees them.</summary>
/// <param name="Features">[n, D]: those that could be read.</param>
/// <param name="Pictures">[n]: their places in the source.</param>
/// <param name="Unreadable">The others.</param>
internal sealed record EmbeddedQueries(FeatureSet Features, IReadOnlyList<int> Pictures, IReadOnlyList<UnreadablePicture> Unreadable)
{
    /// <summary>Embeds all pictures of a source.</summary>
    /// <exception cref="Imaging.ImagingException">MS3203: none can be read.</exception>
    internal static EmbeddedQueries Of(EmbeddingModel model, FeatureSpace layer, IImageSource source, CancellationToken cancel)
    {
        FeatureExtractor extractor = EmbeddingRun.Extractor(model);
        using ComparedNetwork network = model.Open(new FeatureSpaces([layer]));
        List<float> values = [];
        List<int> pictures = [];
        int picture = 0;
        IReadOnlyList<BadImage> bad = extractor.ForEach(source, Forward, maximumBadShare: 1, epoch: 0, (batch, output) =>
        {
            int width = (int)output.Size(1);
            for (int i = 0; i < batch.Count; i++, picture++)
            {
                if (batch.Indices[i] != picture) continue;      // the next readable picture stands in for it
                values.AddRange(output.AsSpan<float>().Slice(i * width, width));
                pictures.Add(picture);
            }
        }, cancel);
        return new EmbeddedQueries(PresentRows.Unlabeled([.. values], values.Count / pictures.Count), pictures,
            [.. bad.Select(static one => new UnreadablePicture(one.Index, one.Name, one.Reason))]);

        Tensor Forward(Tensor batch) => EmbeddingRun.Filled(network.Forward, batch, extractor.BatchSize);
    }
}
