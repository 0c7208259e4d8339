namespace MocoSharp.Imaging;

/// <summary>A decoded picture: 8 bits a sample, channels interleaved, rows from the top, without padding.</summary>
public sealed class Image
{
    /// <summary>Makes a picture whose samples are not set yet.</summary>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="channels">1 (gray) or 3 (RGB); other counts are for multi-channel data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, or more than 2^31 - 1 samples.</exception>
    public Image(int width, int height, int channels)
        : this(width, height, channels, GC.AllocateUninitializedArray<byte>((int)CheckedLength(width, height, channels)))
    {
    }

    /// <summary>A picture in memory that there is already.</summary>
    internal Image(int width, int height, int channels, byte[] samples)
    {
        (Width, Height, Channels) = (width, height, channels);
        Samples = samples;
    }

    /// <summary>How many samples such a picture has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, or more than 2^31 - 1 samples.</exception>
    internal static long CheckedLength(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height * channels, Array.MaxLength, nameof(width));
        return (long)width * height * channels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel: 1 gray, 3 RGB.</summary>
    public int Channels { get; }

    /// <summary>All samples, [Height, Width, Channels].</summary>
    public byte[] Samples { get; }

    /// <summary>Pictures of the same scene by other means, of the same size, in their source's order; none for ordinary pictures.</summary>
    public IReadOnlyList<Partner> Partners { get; init; } = [];

    /// <summary>What it takes in memory, with its partners.</summary>
    internal long Bytes => Samples.Length + Partners.Sum(static partner => partner.Bytes);

    /// <summary>One row, [Width, Channels].</summary>
    public Span<byte> Row(int y) => Samples.AsSpan(y * Width * Channels, Width * Channels);
}
