namespace MocoSharp.Methods.Reconstruction;

/// <summary>Settings of <see cref="Inpainting"/>. The defaults are the paper's for pictures of 128 pixels.</summary>
/// <param name="Hole">The hole's side as a share of the picture's; 0.5.</param>
/// <param name="Anywhere">The hole is anywhere in the picture instead of in its middle, so that all of it is learned.</param>
/// <param name="Overlap">Pixels along the hole's edge that are shown and restored too, so that the two fit; 4 of 128.</param>
/// <param name="OverlapWeight">How much these pixels count, where those within count 1; 10 in the authors' code.</param>
/// <param name="AdversarialWeight">λ, 0 to 1: the share of the loss that comes from an adversary who tells restored pictures from real
/// ones; 0.001 in the paper, 0 leaves it out.</param>
/// <param name="CriticRate">The learning rate of the adversary's own Adam; 2e-4.</param>
public sealed record InpaintingOptions(
    [Bounds(0.01, 0.99)] double Hole = 0.5, bool Anywhere = false, [Bounds(0, 256)] int Overlap = 4,
    [Bounds(0, 1000)] double OverlapWeight = 10, [Bounds(0, 1, ExceptMost = true)] double AdversarialWeight = 0,
    [Bounds(0, 1, ExceptLeast = true)] double CriticRate = 2e-4) : MethodOptions
{
    /// <summary>The hole's side in pixels.</summary>
    /// <param name="side">The picture's.</param>
    /// <exception cref="OptionException">Nothing of the hole is hidden.</exception>
    internal int HoleSide(int side)
    {
        int hole = (int)Math.Round(Hole * side);
        return hole > 2 * Overlap && hole < side ? hole : throw new OptionException(nameof(Overlap), Overlap,
            $"and the hole is {hole} of {side} pixels wide: with an overlap on both sides nothing of it is hidden",
            fix: $"set overlap to {Math.Max(0, (hole - 1) / 2 - 1)} or less, or hole to another share");
    }
}
