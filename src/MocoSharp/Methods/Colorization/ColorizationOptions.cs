namespace MocoSharp.Methods.Colorization;

/// <summary>Settings of <see cref="ColorPrediction"/>. The defaults are the paper's.</summary>
/// <param name="Stride">Pixels of the picture a step on the map of colors that is predicted; 4.</param>
/// <param name="Neighbors">Bins that a color is spread over; 10.</param>
/// <param name="Spread">σ, above 0: how far it is spread, in units of a and b; 5.</param>
/// <param name="Uniform">λ, 0 to 1: a bin counts as much as one over (1 − λ) times its share of all colors plus λ times an even share, so
/// that rare colors are not lost among the many gray ones; 0.5. At 1 all bins count alike, and shares are not measured.</param>
/// <param name="PriorPictures">Pictures that the shares of bins are measured on before the first step; 2,048. The paper counts all of
/// ImageNet.</param>
public sealed record ColorizationOptions(
    [Bounds(1, 64)] int Stride = 4, [Bounds(1, 100)] int Neighbors = 10, [Bounds(0, 100, ExceptLeast = true)] double Spread = 5,
    [Bounds(0, 1)] double Uniform = 0.5, [Bounds(1, 10_000_000)] int PriorPictures = 2048) : MethodOptions;
