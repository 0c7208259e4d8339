using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MocoSharp.Imaging.Comparison;

/// <summary>What is kept of a picture to tell whether another one is the same: a checksum of its pixels, and a gray square of 64 pixels a
/// side. It takes 4 KB.</summary>
public sealed class PictureSketch
{
    internal const int Side = 64;
    private const double FlatBelow = 2;     // levels of 255: what is left is noise

    private readonly byte[] _gray;

    private PictureSketch(Image image, byte[] gray, UInt128 checksum)
    {
        (Width, Height, _gray, Checksum) = (image.Width, image.Height, gray, checksum);
        double mean = gray.Average(static value => (double)value);
        IsFlat = Math.Sqrt(gray.Average(value => (value - mean) * (value - mean))) < FlatBelow;
    }

    /// <summary>Columns of the picture.</summary>
    public int Width { get; }

    /// <summary>Rows of the picture.</summary>
    public int Height { get; }

    /// <summary>Of all samples, the size and the number of channels; equal for equal pixels, and for others with a chance of
    /// 2^−128.</summary>
    public UInt128 Checksum { get; }

    /// <summary>Whether the picture is one gray but for noise: then only equal pixels tell that another one is the same.</summary>
    public bool IsFlat { get; }

    /// <summary>Makes a sketch.</summary>
    /// <param name="image">Any number of channels; brightness is Rec. 601's of three, and the mean of others.</param>
    public static PictureSketch Of(Image image)
    {
        float[] plane = GrayPlane.Of(image), square = new float[Side * Side];
        AreaTaps across = new(image.Width, 0, image.Width, Side), down = new(image.Height, 0, image.Height, Side);
        AreaShrink.Run(plane, image.Width, across, down, square);
        return new PictureSketch(image, Array.ConvertAll(square, static value => (byte)Math.Clamp(value + 0.5f, 0, 255)), Sum(image));
    }

    /// <summary>The gray square, [64, 64], 0 to 255.</summary>
    internal ReadOnlySpan<byte> Gray => _gray;

    private static UInt128 Sum(Image image)
    {
        Span<int> shape = [image.Width, image.Height, image.Channels];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(shape));
        hash.AppendData(image.Samples);
        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }
}
