using System.Runtime.CompilerServices;

namespace MocoSharp.Imaging.Augment;

/// <summary>A working picture: one plane of floats a channel, [Channels, Height, Width], values 0 to 1.</summary>
/// <remarks>
/// Rows start at multiples of 64 bytes and are padded to whole vectors, so that kernels which go pixel by pixel need no tail.
/// What lies in the padding means nothing. The memory grows to the largest picture that was held and is kept.
/// </remarks>
public sealed class Planes
{
    /// <summary>Floats a vector; rows are padded to a multiple of it.</summary>
    internal const int Lanes = 16;

    private float[] _store = [];
    private int _start;

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Planes.</summary>
    public int Channels { get; private set; }

    /// <summary>Floats from one row to the next: the width, rounded up to 16.</summary>
    public int RowStride { get; private set; }

    /// <summary>The shape.</summary>
    public ImageSize Size => new(Width, Height, Channels);

    /// <summary>Takes a new shape. The pixels are not set.</summary>
    /// <exception cref="ImagingException">MS3103: more than 2^31 floats.</exception>
    public void Reshape(ImageSize size)
    {
        int stride = (size.Width + Lanes - 1) / Lanes * Lanes;
        long floats = (long)stride * size.Height * size.Channels;
        if (floats + Lanes > Array.MaxLength)
            throw new ImagingException(ErrorIds.TooLargeToAugment, $"a picture of {size} is too large to work on",
                fix: "put randomResizedCrop, resize or centerCrop first, or lower the largest number of pixels");
        if (floats + Lanes > _store.Length)
        {
            _store = GC.AllocateArray<float>((int)floats + Lanes, pinned: true); // pinned: the 64-byte alignment stays true
            _start = Alignment.FloatsToNextLine(_store);
        }
        (Width, Height, Channels, RowStride) = (size.Width, size.Height, size.Channels, stride);
    }

    /// <summary>One channel with its padding, [Height, RowStride].</summary>
    public Span<float> Plane(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)channel, (uint)Channels, nameof(channel));
        return _store.AsSpan(_start + channel * Height * RowStride, Height * RowStride);
    }

    /// <summary>One row of one channel, [Width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Row(int channel, int y) => _store.AsSpan(_start + (channel * Height + y) * RowStride, Width);

    /// <summary>All planes with their padding, [Channels, Height, RowStride].</summary>
    internal Span<float> All => _store.AsSpan(_start, Channels * Height * RowStride);
}
