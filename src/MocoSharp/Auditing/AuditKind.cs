using System.Globalization;

namespace MocoSharp.Auditing;

/// <summary>What can be odd about a picture, or about a set of pictures.</summary>
public enum AuditKind
{
    /// <summary>The picture cannot be decoded.</summary>
    Unreadable,

    /// <summary>Hardly any pixel differs from the others.</summary>
    NearEmpty,

    /// <summary>Far smaller or larger than the set's median.</summary>
    OddSize,

    /// <summary>Far wider or narrower than the set's median.</summary>
    OddAspect,

    /// <summary>Even its bright parts are dark.</summary>
    Dark,

    /// <summary>Even its dark parts are bright.</summary>
    Bright,

    /// <summary>Without a sharp edge.</summary>
    Blurry,

    /// <summary>Of few levels of brightness.</summary>
    LowInformation,

    /// <summary>Without color, in a set of which few pictures are.</summary>
    GrayAmongColor,

    /// <summary>The pixels of an earlier picture.</summary>
    Duplicate,

    /// <summary>An earlier picture that was compressed anew, resized, mirrored, made brighter or cropped.</summary>
    NearDuplicate,

    /// <summary>The same picture among those to learn from and those to test on, or in the other set.</summary>
    Leak,

    /// <summary>The same picture with two labels.</summary>
    LabelConflict,

    /// <summary>The pictures most like it nearly all have one other label.</summary>
    LabelSuspect,

    /// <summary>Far from all other pictures.</summary>
    Outlier,

    /// <summary>A class with very few pictures.</summary>
    SmallClass,

    /// <summary>The largest class has many times the pictures of the smallest.</summary>
    Imbalance,
}

/// <summary>The words for kinds of findings.</summary>
public static class AuditKinds
{
    /// <summary>What a kind is called: "near-empty".</summary>
    /// <param name="kind">The kind.</param>
    public static string Name(AuditKind kind) => kind switch
    {
        AuditKind.NearEmpty => "near-empty",
        AuditKind.OddSize => "odd size",
        AuditKind.OddAspect => "odd aspect",
        AuditKind.LowInformation => "low information",
        AuditKind.GrayAmongColor => "gray among color",
        AuditKind.NearDuplicate => "near duplicate",
        AuditKind.LabelConflict => "label conflict",
        AuditKind.LabelSuspect => "label suspect",
        AuditKind.SmallClass => "small class",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>What a kind's measured value is, for people.</summary>
    /// <param name="kind">The kind.</param>
    public static string Measure(AuditKind kind) => kind switch
    {
        AuditKind.NearEmpty => "standard deviation of the channel that varies most, levels of 255",
        AuditKind.OddSize => "square root of the number of pixels",
        AuditKind.OddAspect => "width divided by height",
        AuditKind.Dark => "brightness that 95% of the pixels do not exceed, of 255",
        AuditKind.Bright => "brightness that 5% of the pixels do not exceed, of 255",
        AuditKind.Blurry => "steepness of the steepest edges; 1 is an edge within one pixel",
        AuditKind.LowInformation => "entropy of the brightness, bits",
        AuditKind.GrayAmongColor => "strongest channel less the weakest, mean over the pixels, levels of 255",
        AuditKind.Duplicate or AuditKind.NearDuplicate or AuditKind.Leak or AuditKind.LabelConflict => "correlation of the pixels",
        AuditKind.LabelSuspect => "share of the nearest pictures that have one other label",
        AuditKind.Outlier => "1 less the cosine of the embedding with that of the k-th nearest picture",
        AuditKind.SmallClass => "pictures",
        AuditKind.Imbalance => "pictures of the largest class divided by those of the smallest",
        _ => "",
    };

    /// <summary>A measured value or a limit as people read it: 0.0417, 12.5, 48.</summary>
    /// <param name="value">The value.</param>
    public static string Text(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.#", >= 1 => "0.##", _ => "0.####" }, CultureInfo.InvariantCulture);
}
