namespace MocoSharp.Methods.PatchPosition;

/// <summary>Settings of <see cref="PatchPosition"/>. The defaults are the paper's; a pair needs views of 254 pixels then.</summary>
/// <param name="PatchSide">Side of a patch in pixels; 96.</param>
/// <param name="Gap">Pixels between neighbors, more than twice the jitter: patches never touch, and lines do not go on from one to the
/// other; 48.</param>
/// <param name="Jitter">Each patch is moved up to so many pixels in each direction; 7.</param>
/// <param name="Pairs">Pairs of patches a picture.</param>
/// <param name="Color">What is done against the traces that lenses leave in colors.</param>
/// <param name="HiddenFeatures">Sizes of the layers that compare two patches, each with batch norm; [4096, 4096].</param>
public sealed record PatchPositionOptions(
    [Bounds(1, 4096)] int PatchSide = 96, [Bounds(0, 4096)] int Gap = 48, [Bounds(0, 1024)] int Jitter = 7, [Bounds(1, 64)] int Pairs = 1,
    PatchColor Color = PatchColor.One, [Bounds(1, 16384)] IReadOnlyList<int>? HiddenFeatures = null) : MethodOptions
{
    /// <summary>Sizes of the layers that compare two patches.</summary>
    public IReadOnlyList<int> HiddenFeatures { get; init; } = HiddenFeatures ?? [4096, 4096];

    /// <summary>Pixels that a pair takes at most.</summary>
    internal int Extent => 2 * PatchSide + Gap + 2 * Jitter;

    internal PatchPositionOptions Checked()
    {
        OptionException.Require(Gap > 2 * Jitter, nameof(Gap), Gap, $"more than twice the jitter ({Jitter}), so that patches never touch");
        return this.InBounds();
    }

    /// <summary>Refuses pictures that a pair does not fit into.</summary>
    internal void RequireSide(int side)
    {
        if (side < Extent)
            throw new OptionException(nameof(PatchSide), PatchSide,
                $"and two patches with their gap ({Gap}) and jitter ({Jitter}) take {Extent} pixels, of a view of {side}",
                fix: $"set patchSide to {Math.Max(1, (side - Gap - 2 * Jitter) / 2)} or less, or make the view larger");
    }
}

/// <summary>What is done to the colors of patches.</summary>
public enum PatchColor
{
    /// <summary>One channel of a patch is kept, another one each time; the others become noise of a hundredth of its deviation.</summary>
    One,

    /// <summary>All are kept: for gray pictures, and for views whose colors were projected (<c>colorProjection</c>).</summary>
    All,
}
