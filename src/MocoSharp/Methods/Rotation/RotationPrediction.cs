using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Rotation;

/// <summary>Rotation prediction: by how many right angles was the picture turned? All four turns of a picture are in the batch.</summary>
/// <remarks>Gidaris, Singh and Komodakis 2018, arXiv:1803.07728, as in gidariss/FeatureLearningRotNet at edafaba. Turning exchanges pixels
/// and resamples nothing, so no trace of it is left to learn from. The turns of a picture lie side by side, so that with split batch norm
/// each part has all four of them alike. Departure: the encoder is the recipe's and not the paper's network in network.</remarks>
[Method("rotation", typeof(RotationOptions))]
public sealed class RotationPrediction : Method
{
    private readonly Encoder _encoder;
    private readonly Sequential _head;

    /// <summary>Builds the encoder and the layer that answers.</summary>
    public RotationPrediction(Func<Encoder> encoders, RotationOptions options)
    {
        _ = options.InBounds();
        _encoder = Register("encoder", encoders());
        _head = Register("head", Heads.Mlp(_encoder.Features, options.HiddenFeatures ?? [], QuarterTurns.Count));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(QuarterTurns.Count);

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        long[] turns = [.. Enumerable.Range(0, batch.Count * QuarterTurns.Count).Select(static row => (long)row % QuarterTurns.Count)];
        return Pretext.Classified(_head.Forward(_encoder.Forward(AllTurns(batch.View(0)))), turns);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>Each picture in its four turns, one behind the other: [N, C, S, S] to [4 · N, C, S, S].</summary>
    internal static Tensor AllTurns(Tensor pictures) =>
        Tensor.Stack([.. Enumerable.Range(0, QuarterTurns.Count).Select(turn => QuarterTurns.Of(pictures, turn))], dim: 1)
            .Flatten(0, 1).Contiguous(MemoryFormat.ChannelsLast);
}
