namespace MocoSharp.Imaging.Comparison;

/// <summary>What was done to one of two pictures that show the same, as far as the comparison tells.</summary>
[Flags]
public enum PictureChange
{
    /// <summary>Nothing: their pixels are equal.</summary>
    None = 0,

    /// <summary>It was compressed or converted anew: pixels differ a little.</summary>
    Reencoded = 1,

    /// <summary>It has another size.</summary>
    Resized = 2,

    /// <summary>Left and right are swapped.</summary>
    Mirrored = 4,

    /// <summary>It is brighter, darker, or of another contrast.</summary>
    Brightness = 8,

    /// <summary>Some of its rim is cut off.</summary>
    Cropped = 16,
}

/// <summary>How alike two pictures' pixels are.</summary>
/// <param name="Correlation">Of their gray squares of 32 pixels a side, at the best of the alignments that were tried: 1 for the same but
/// for brightness and contrast, about 0 for unlike pictures, 0 where one of them is flat and pixels differ.</param>
/// <param name="Changes">What sets them apart; of pictures that are not the same it means nothing.</param>
public readonly record struct Likeness(double Correlation, PictureChange Changes)
{
    /// <summary>From so high a correlation on, two pictures count as the same.</summary>
    public const double Same = 0.95;

    /// <summary>What was done in words: "equal pixels", "mirrored, brightness".</summary>
    public string Why
    {
        get
        {
            PictureChange changes = Changes;
            return changes == PictureChange.None ? "equal pixels" : string.Join(", ", Enum.GetValues<PictureChange>()
                .Where(change => change != PictureChange.None && changes.HasFlag(change)).Select(Word));
        }
    }

    private static string Word(PictureChange change) =>
        change == PictureChange.Reencoded ? "re-encoded" : change.ToString().ToLowerInvariant();
}
