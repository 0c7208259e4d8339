namespace MocoSharp.Torch.Layers;

/// <summary>A border that mirrors the picture and repeats its edge: b a | a b c | c b.</summary>
public static class SymmetricPadding
{
    /// <summary>Adds it on all four sides; gradients flow back to the mirrored pixels.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="border">Pixels a side; 0 gives x itself, and at most H and W.</param>
    /// <exception cref="TorchException">The border is wider than the picture.</exception>
    public static Tensor Around(Tensor x, int border)
    {
        if (border == 0) return x;
        if (border > x.Size(2) || border > x.Size(3))
            throw new TorchException(TorchErrorIds.Shape, $"a mirrored border of {border} pixels does not fit {x}",
                fix: "use larger pictures, or an encoder that shrinks them less");
        return Functional.MirrorPad2d(x, border);
    }
}
