namespace MocoSharp.Imaging.Comparison;

/// <summary>Compares two pictures by small gray squares that are normalized, so that brightness and contrast do not matter. One picture's
/// parts are laid over the whole other one and both are moved against each other, as they are and mirrored.</summary>
/// <remarks>Tried are parts of 95% and 90% of both sides in nine places each, of 95% of one side in three, and moves by 5%: a picture that
/// lost more of its rim is not found.</remarks>
public static class PictureComparison
{
    private const double Unlike = 0.3;              // whole against whole: no alignment makes these the same
    private const double BetterBy = 0.005;          // what an alignment must gain to be told of
    private static readonly int[] s_opposite = [.. SketchPart.All.Select(static part => part.Opposite(mirror: false))],
        s_oppositeMirrored = [.. SketchPart.All.Select(static part => part.Opposite(mirror: true))];

    private const double BrighterBy = 4, ContrastBy = 1.1;      // levels of 255; a ratio of deviations

    /// <summary>Compares.</summary>
    /// <param name="first">A picture.</param>
    /// <param name="second">Another one.</param>
    public static Likeness Compare(PictureSketch first, PictureSketch second)
    {
        bool sameSize = first.Width == second.Width && first.Height == second.Height;
        if (first.Checksum == second.Checksum) return new Likeness(1, PictureChange.None);
        if (first.IsFlat || second.IsFlat) return default(Likeness) with { Changes = PictureChange.Reencoded };
        Alignment whole = Best(GrayPatch.Of(first, count: 1), GrayPatch.Of(second, count: 1));
        if (whole.Correlation < Unlike) return new Likeness(whole.Correlation, PictureChange.Reencoded);
        Alignment best = Best(GrayPatch.Of(first, SketchPart.All.Count), GrayPatch.Of(second, SketchPart.All.Count));
        bool isCropped = best.Correlation > whole.Correlation + BetterBy || best.Mirror != whole.Mirror;
        return new Likeness(best.Correlation, Changes(isCropped ? best : whole, isCropped, sameSize));
    }

    private static Alignment Best(GrayPatch[] ours, GrayPatch[] theirs)
    {
        Alignment plain = Best(ours, theirs, mirror: false), mirrored = Best(ours, theirs, mirror: true);
        return plain.Correlation >= mirrored.Correlation ? plain : mirrored;
    }

    private static PictureChange Changes(Alignment at, bool isCropped, bool sameSize)
    {
        PictureChange changes = PictureChange.None;
        if (at.Mirror) changes |= PictureChange.Mirrored;
        if (isCropped) changes |= PictureChange.Cropped;
        else if (!sameSize) changes |= PictureChange.Resized;
        double contrast = at.Second.Deviation / at.First.Deviation;
        if (Math.Abs(at.First.Mean - at.Second.Mean) > BrighterBy || contrast is > ContrastBy or < 1 / ContrastBy)
            changes |= PictureChange.Brightness;
        return changes == PictureChange.None ? PictureChange.Reencoded : changes;
    }

    /// <summary>Whole against whole, each part against the whole other picture, and equal parts of opposite sides.</summary>
    private static Alignment Best(GrayPatch[] ours, GrayPatch[] theirs, bool mirror)
    {
        Alignment best = new(double.NegativeInfinity, ours[0], theirs[0], mirror);
        Try(ours[0], theirs[0]);
        for (int part = 1; part < ours.Length; part++)
        {
            Try(ours[part], theirs[0]);
            Try(ours[0], theirs[part]);
            if ((mirror ? s_oppositeMirrored : s_opposite)[part] is > 0 and int other) Try(ours[part], theirs[other]);
        }
        return best;

        void Try(GrayPatch a, GrayPatch b)
        {
            double correlation = a.Correlation(b, mirror);
            if (correlation > best.Correlation) best = new Alignment(correlation, a, b, mirror);
        }
    }

    private readonly record struct Alignment(double Correlation, GrayPatch First, GrayPatch Second, bool Mirror);
}
