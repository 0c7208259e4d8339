using MocoSharp.Encoders;
using MocoSharp.Torch;

namespace MocoSharp.Methods.MaskedImages;

/// <summary>What methods share that hide patches and predict their pixels.</summary>
internal static class MaskedPatches
{
    /// <summary>The recipe's transformer.</summary>
    /// <exception cref="OptionException">It is another encoder.</exception>
    internal static VisionTransformer Transformer(MethodParts parts)
    {
        if (parts.Options is VisionTransformerOptions { Patches: null }) return (VisionTransformer)parts.Encoder();
        throw new OptionException("encoder.name", parts.Options.Name, "and this method hides tokens, which transformers alone have",
            fix: "set encoder.name to vit-tiny, vit-small or vit-base, without encoder.patches");
    }

    /// <summary>Each patch's pixels, row by row, each pixel's channels together, in fp32 or, where the pictures are, in fp64.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <param name="side">Side of a patch in pixels.</param>
    /// <returns>[N, H / side · W / side, side · side · C].</returns>
    internal static Tensor Pixels(Tensor pictures, int side) => Functional.Patches(Functional.AtLeastFloat32(pictures), side, side)
        .Permute(0, 2, 3, 4, 5, 1).Reshape(pictures.Size(0), -1, side * side * pictures.Size(1));

    /// <summary>Some places of each sample's row of tokens.</summary>
    /// <param name="tokens">[N, L, D].</param>
    /// <param name="places">[N, K], Int64: which ones.</param>
    /// <returns>[N, K, D].</returns>
    internal static Tensor At(this Tensor tokens, Tensor places) =>
        tokens.Gather(1, places.Unsqueeze(2).Expand(-1, -1, tokens.Size(2)));
}
