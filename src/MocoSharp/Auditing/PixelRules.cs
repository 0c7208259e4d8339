using System.Globalization;

namespace MocoSharp.Auditing;

/// <summary>What is odd about a picture's own pixels.</summary>
/// <remarks>A near-empty picture is that alone: it is not called dark, bright, blurry or of low information too.</remarks>
internal static class PixelRules
{
    private const double EmptyBelow = 3, DarkBelow = 64, BrightAbove = 200, BlurryBelow = 0.25, EntropyBelow = 2.5, GrayBelow = 2;
    private const double Half = 0.5, SizeFactor = 2, AspectFactor = 2, MostGray = 0.2;

    /// <summary>All findings, kind by kind, the oddest first.</summary>
    internal static IEnumerable<AuditFinding> Of(IReadOnlyList<AuditedPicture> pictures, AuditOptions options)
    {
        AuditedPicture[] full = [.. pictures.Where(static one => one.Measures.Deviation >= EmptyBelow)];
        return
        [
            .. Below(AuditKind.NearEmpty, pictures, static one => one.Measures.Deviation, static _ => new(EmptyBelow, AuditLimit.IsFixed)),
            .. Around(AuditKind.OddSize, pictures, static one => Math.Sqrt((double)one.Measures.Width * one.Measures.Height), SizeFactor,
                options),
            .. Around(AuditKind.OddAspect, pictures, static one => (double)one.Measures.Width / one.Measures.Height, AspectFactor, options),
            .. Below(AuditKind.Dark, full, static one => one.Measures.High, static all => AuditLimit.Below(DarkBelow, Half, all)),
            .. Above(AuditKind.Bright, full, static one => one.Measures.Low, static all => AuditLimit.Above(BrightAbove, Half, all)),
            .. Below(AuditKind.Blurry, full, static one => one.Measures.Sharpness,
                static all => AuditLimit.Below(BlurryBelow, Half, all)),
            .. Below(AuditKind.LowInformation, full, static one => one.Measures.Entropy,
                static all => AuditLimit.Below(EntropyBelow, Half, all)),
            .. Gray(full),
        ];
    }

    private static IEnumerable<AuditFinding> Gray(AuditedPicture[] pictures)
    {
        int gray = pictures.Count(static one => one.Measures.Color < GrayBelow);
        if (gray > MostGray * pictures.Length) return [];
        return Below(AuditKind.GrayAmongColor, pictures, static one => one.Measures.Color, static _ => new(GrayBelow, AuditLimit.IsFixed));
    }

    private static IEnumerable<AuditFinding> Below(
        AuditKind kind, IReadOnlyList<AuditedPicture> pictures, Func<AuditedPicture, double> value, Func<double[], AuditLimit> limitOf)
    {
        AuditLimit limit = limitOf([.. pictures.Select(value)]);
        return pictures.Where(one => value(one) < limit.Value).OrderBy(value).ThenBy(static one => one.Index)
            .Select(one => Found(kind, one, value(one), limit));
    }

    private static IEnumerable<AuditFinding> Above(
        AuditKind kind, IReadOnlyList<AuditedPicture> pictures, Func<AuditedPicture, double> value, Func<double[], AuditLimit> limitOf)
    {
        AuditLimit limit = limitOf([.. pictures.Select(value)]);
        return pictures.Where(one => value(one) > limit.Value).OrderByDescending(value).ThenBy(static one => one.Index)
            .Select(one => Found(kind, one, value(one), limit));
    }

    private static IEnumerable<AuditFinding> Around(
        AuditKind kind, IReadOnlyList<AuditedPicture> pictures, Func<AuditedPicture, double> value, double leastFactor,
        AuditOptions options)
    {
        double[] values = [.. pictures.Select(value)];
        (AuditLimit low, AuditLimit high) = AuditLimit.Around(options.Spread, leastFactor, values);
        double median = AuditLimit.Median(values);
        return pictures.Where(one => value(one) < low.Value || value(one) > high.Value)
            .OrderByDescending(one => Math.Abs(Math.Log(value(one) / median))).ThenBy(static one => one.Index)
            .Select(one => Found(kind, one, value(one), value(one) < low.Value ? low : high, string.Create(CultureInfo.InvariantCulture,
                $"{one.Measures.Width} x {one.Measures.Height}")));
    }

    private static AuditFinding Found(AuditKind kind, AuditedPicture picture, double value, AuditLimit limit, string note = "") =>
        new(kind, picture.Name, picture.Label, value, limit.Value, limit.From, note, []);
}
