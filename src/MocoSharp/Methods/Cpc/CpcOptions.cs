namespace MocoSharp.Methods.Cpc;

/// <summary>Settings of <see cref="Cpc"/>; patches and their encoder are the encoder's. The defaults are those of Greedy InfoMax's CPC on
/// STL-10.</summary>
/// <param name="Steps">K, rows ahead that are predicted, each with weights of its own; 5.</param>
/// <param name="Skip">s, rows left out before the first one: with patches that overlap by half, 1 leaves no pixel that the context has
/// seen.</param>
/// <param name="Directions">1: downwards. 4: downwards in the grid turned by 0, 90, 180 and 270 degrees, with one context network and
/// prediction weights a direction.</param>
/// <param name="Negatives">Patches a prediction is told from, drawn with replacement from the same rows of all pictures; 16. 0: all of
/// them, as in CPC v2.</param>
/// <param name="ContextLayers">Layers of the context network; 4.</param>
public sealed record CpcOptions(
    [Bounds(1, 64)] int Steps = 5, [Bounds(0, 64)] int Skip = 1, [Bounds(1, 4)] int Directions = 1, [Bounds(0, 65536)] int Negatives = 16,
    [Bounds(1, 64)] int ContextLayers = 4) : MethodOptions
{
    internal CpcOptions Checked()
    {
        OptionException.Require(Directions is 1 or 4, nameof(Directions), Directions, "1 or 4");
        return this.InBounds();
    }
}
