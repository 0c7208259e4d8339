namespace MocoSharp.Imaging.Codecs;

/// <summary>A decoded picture with 16 bits a sample, channels interleaved, rows from the top, without padding.</summary>
public sealed class DeepImage
{
    /// <summary>Makes a picture whose samples are not set yet.</summary>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, or more samples than an array holds.</exception>
    public DeepImage(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height * channels, Array.MaxLength, nameof(width));
        (Width, Height, Channels) = (width, height, channels);
        Samples = GC.AllocateUninitializedArray<ushort>(width * height * channels);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel: 1 gray, 3 RGB.</summary>
    public int Channels { get; }

    /// <summary>All samples, [Height, Width, Channels], 0 … 65,535.</summary>
    public ushort[] Samples { get; }

    /// <summary>The same picture with each sample v as 257 v, so that 255 becomes 65,535.</summary>
    internal static DeepImage Spread(Image image)
    {
        DeepImage deep = new(image.Width, image.Height, image.Channels);
        for (int i = 0; i < deep.Samples.Length; i++)
            deep.Samples[i] = (ushort)(image.Samples[i] * 257);
        return deep;
    }
}
