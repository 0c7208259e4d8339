namespace MocoSharp.Imaging.Codecs;

/// <summary>A file's numbers, before they become a picture of 8 bits a sample.</summary>
internal sealed class SampleBands
{
    /// <summary>Columns, as stored.</summary>
    internal required int Width { get; init; }

    /// <summary>Rows, as stored.</summary>
    internal required int Height { get; init; }

    /// <summary>Bands, an alpha channel among them.</summary>
    internal required int Count { get; init; }

    /// <summary>All numbers, [Height, Width, Count].</summary>
    internal required float[] Samples { get; init; }

    /// <summary>What kind of numbers they are.</summary>
    internal required SampleType Type { get; init; }

    /// <summary>What the file calls its bands; empty where it does not say.</summary>
    internal IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Bands of color or brightness, the first ones: 1 or 3; another number where the file does not say what they are.</summary>
    internal int Colors { get; init; }

    /// <summary>The place of the alpha channel; −1 where there is none.</summary>
    internal int Alpha { get; init; } = -1;

    /// <summary>Whether colors are multiplied by alpha already.</summary>
    internal bool IsPremultiplied { get; init; }

    /// <summary>The number that stands for "nothing was measured here"; NaN where there is none.</summary>
    internal float Absent { get; init; } = float.NaN;

    /// <summary>EXIF's number, 1 to 8.</summary>
    internal int Orientation { get; init; } = 1;

    /// <summary>Whether a number says something: it is finite, and not the file's word for nothing.</summary>
    internal bool IsPresent(float sample) => float.IsFinite(sample) && sample != Absent;

    /// <summary>The least and the greatest of some bands' numbers; null where nothing was measured.</summary>
    internal SampleRange? UsedBy(IReadOnlyList<int> places)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        for (int from = 0; from < Samples.Length; from += Count)
            foreach (int place in places)
                if (Samples[from + place] is var sample && IsPresent(sample))
                    (low, high) = (Math.Min(low, sample), Math.Max(high, sample));
        return high >= low ? new SampleRange(low, high) : null;
    }
}

/// <summary>What numbers a file holds.</summary>
internal enum SampleType
{
    /// <summary>0 to 255.</summary>
    Byte,

    /// <summary>0 to 65,535.</summary>
    UInt16,

    /// <summary>Whole numbers with a sign, or of 32 bits and more.</summary>
    Integer,

    /// <summary>Floating-point numbers.</summary>
    Float,
}
