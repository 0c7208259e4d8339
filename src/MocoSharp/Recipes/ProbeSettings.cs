namespace MocoSharp.Recipes;

/// <summary>A linear classifier that learns beside the encoder, to watch it.</summary>
/// <param name="BatchSize">Labeled pictures a batch; 25 beside 500 in Keras' NNCLR example.</param>
/// <param name="View">How the classified view is made.</param>
/// <param name="Rate">η of its own Adam.</param>
/// <param name="Joint">Whether the labeled pictures' other views join the batch that the method learns from.</param>
public sealed record ProbeSettings(
    [Bounds(1, 65536)] int BatchSize, ViewSettings View, [Bounds(0, 1000, ExceptLeast = true)] double Rate = 1e-3, bool Joint = true);
