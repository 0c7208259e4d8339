using System.Numerics.Tensors;

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

    /// <summary>8 bits a sample: those of a range spread from 0 to 255, rounded.</summary>
    internal Image ToBytes(SampleRange range, ImageMemory? memory)
    {
        if (range.IsOfPicture)
            range = new SampleRange(TensorPrimitives.Min<ushort>(Samples), TensorPrimitives.Max<ushort>(Samples));
        Image image = ImageMemory.Take(memory, Width, Height, Channels);
        double scale = range.High > range.Low ? 255 / (range.High - range.Low) : 0;
        for (int i = 0; i < Samples.Length; i++)
            image.Samples[i] = (byte)Math.Clamp(Math.Round((Samples[i] - range.Low) * scale), 0, 255);
        return image;
    }

    /// <summary>The same picture with each sample v as 257 v, so that 255 becomes 65,535.</summary>
    internal static DeepImage Spread(Image image)
    {
        DeepImage deep = new(image.Width, image.Height, image.Channels);
        for (int i = 0; i < deep.Samples.Length; i++)
            deep.Samples[i] = (ushort)(image.Samples[i] * 257);
        return deep;
    }
}
