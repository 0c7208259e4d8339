using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Augment.Kernels;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>Turns a source's picture into the bytes that a packed file holds. One a thread.</summary>
/// <param name="options">Format, size and quality.</param>
internal sealed class PictureEncoder(PackOptions options)
{
    private readonly Canvas _canvas = new();
    private readonly ImageMemory _memory = new();

    /// <summary>Reads, shrinks and encodes one picture.</summary>
    /// <returns>Its entry, without its place in the file, and its bytes.</returns>
    /// <exception cref="BadImageException">The picture cannot be read.</exception>
    internal (PackEntry Entry, byte[] Bytes) Encode(IImageSource source, int index)
    {
        // Far larger pictures are halved in the decoder first: several times faster, and twice the size is left to smooth.
        Image image = source.Load(index, options.Reading with { ShorterSide = 2 * options.Size }, _memory);
        PackEntry entry = new() { Encoding = PackEntry.PictureFile, Channels = 3, Label = source.Label(index) };
        bool fits = options.Size == 0 || Math.Min(image.Width, image.Height) <= options.Size;
        byte[]? bytes = options.Format == PackFormat.Jpeg && fits && source is IPictureFiles files
            ? JpegFile(files, index, source.Name(index)) : null;
        if (!fits)
            image = Shrink(image);
        (entry.Width, entry.Height) = ((uint)image.Width, (uint)image.Height);
        if (bytes is null)
        {
            if (options.Reading.Bands is null) image = WithoutEqualChannels(image);
            bytes = options.Format == PackFormat.Jpeg ? ImageEncoder.Jpeg(image, options.Quality) : image.Samples.ToArray();
            (entry.Encoding, entry.Channels) = (options.Format == PackFormat.Jpeg ? PackEntry.PictureFile : PackEntry.RawSamples,
                (byte)image.Channels);
        }
        (entry.Length, entry.Checksum) = ((uint)bytes.Length, Checksum.Of(bytes));
        return (entry, bytes);
    }

    /// <summary>The file itself, if it is a JPEG: encoding it once more would lose something. The decoder has just accepted it.</summary>
    private static byte[]? JpegFile(IPictureFiles files, int index, string name)
    {
        using PooledFile file = files.Read(index);
        return FormatSniffer.Find(file.Bytes, name) == ImageFormat.Jpeg ? file.Bytes.ToArray() : null;
    }

    private Image Shrink(Image image)
    {
        _canvas.Load(image);
        new Resize(options.Size).Apply(default, _canvas);
        return ByteKernel.Run(_canvas.Pixels());
    }

    /// <summary>A gray picture takes a third of the room, and comes back the same.</summary>
    private static Image WithoutEqualChannels(Image image)
    {
        if (!Luma.IsGray(image.Samples))
            return image;
        Image gray = new(image.Width, image.Height, 1);
        Luma.FromRgb(image.Samples, gray.Samples);
        return gray;
    }
}
