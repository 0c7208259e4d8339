namespace MocoSharp.Imaging;

/// <summary>Memory for pictures that live one after the other on one thread: the next picture takes the place of the last.</summary>
/// <remarks>
/// A decoded picture of 224 pixels lies on the large object heap, and making one for each sample costs a fifth of the loader's rate in
/// collections and fresh pages. Arrays are kept by their exact length, since pictures of a data set share a few sizes.
/// </remarks>
public sealed class ImageMemory
{
    private const int Kept = 8;
    private readonly byte[][] _arrays = new byte[Kept][];
    private int _next;

    /// <summary>A picture whose samples are not set yet. It is valid until this memory is asked for another.</summary>
    /// <inheritdoc cref="Image(int, int, int)"/>
    public Image Take(int width, int height, int channels)
    {
        long length = Image.CheckedLength(width, height, channels);
        foreach (byte[]? array in _arrays)
            if (array?.Length == length)
                return new Image(width, height, channels, array);
        Image image = new(width, height, channels);
        _arrays[_next] = image.Samples;
        _next = (_next + 1) % Kept;
        return image;
    }

    /// <summary>A picture in the given memory, or in its own where there is none.</summary>
    internal static Image Take(ImageMemory? memory, int width, int height, int channels) =>
        memory?.Take(width, height, channels) ?? new Image(width, height, channels);
}
