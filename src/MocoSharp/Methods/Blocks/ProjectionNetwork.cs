using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>An encoder and the head that the loss is taken behind: [N, C, H, W] to [N, D], fp32, not normalized.</summary>
public sealed class ProjectionNetwork : Layer
{
    /// <summary>Takes both parts.</summary>
    public ProjectionNetwork(Encoder encoder, Layer head) => (Encoder, Head) = (Register("encoder", encoder), Register("head", head));

    /// <summary>Takes an encoder and makes a head for it.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="head">From its number of features to a head.</param>
    internal ProjectionNetwork(Encoder encoder, Func<int, Layer> head) : this(encoder, head(encoder.Features))
    {
    }

    /// <summary>Pictures to features.</summary>
    public Encoder Encoder { get; }

    /// <summary>Features to the loss's space.</summary>
    public Layer Head { get; }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Head.Forward(Encoder.Forward(x));
}
