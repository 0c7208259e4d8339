using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.DenseCl;

/// <summary>An encoder with two heads: one behind its features, one behind each place of its last map.</summary>
/// <remarks>The head of places is the original's two 1×1 convolutions, written as linear layers over the places.</remarks>
internal sealed class DenseNetwork : Module
{
    /// <summary>Takes an encoder and makes heads for it.</summary>
    internal DenseNetwork(Encoder encoder, int hidden, int outputs)
    {
        Encoder = Register("encoder", encoder);
        Head = Register("head", Heads.Mlp(encoder.Features, [hidden], outputs));
        Dense = Register("dense", Heads.Mlp(Last.Channels, [hidden], outputs));
    }

    internal Encoder Encoder { get; }

    internal Layer Head { get; }

    private Layer Dense { get; }

    private EncoderStage Last => Encoder.Stages[^1];

    /// <summary>Pictures to what the loss compares.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    internal DenseView See(Tensor pictures)
    {
        Encoding seen = Encoder.Encode(pictures, Last.Name);
        Tensor map = AtLeastFloat32(seen.Maps[Last.Name]).Permute(0, 2, 3, 1);                       // [N, S, S, C]
        long n = map.Size(0), places = map.Size(1) * map.Size(2);
        Tensor rows = map.Reshape(n * places, -1);
        return new DenseView(Normalize(Head.Forward(seen.Features)), Dense.Forward(rows).View(n, places, -1),
            Normalize(rows.Detach()).View(n, places, -1));
    }
}

/// <summary>What a network makes of one view; P = S · S places.</summary>
/// <param name="Whole">[N, D], rows of unit length.</param>
/// <param name="Places">[N, P, D], of any length.</param>
/// <param name="Map">[N, P, C], the encoder's map with places of unit length; a constant.</param>
internal sealed record DenseView(Tensor Whole, Tensor Places, Tensor Map)
{
    /// <summary>[N · P, D]: each place, of unit length.</summary>
    internal Tensor Each => Normalize(Places.Flatten(0, 1));

    /// <summary>[N, D]: the mean over places, of unit length.</summary>
    internal Tensor Mean => Normalize(Places.Mean([1]));

    /// <summary>Each tensor through the same function.</summary>
    internal DenseView Through(Func<Tensor, Tensor> work) => new(work(Whole), work(Places), work(Map));

    internal IEnumerable<Tensor> Tensors => [Whole, Places, Map];
}
