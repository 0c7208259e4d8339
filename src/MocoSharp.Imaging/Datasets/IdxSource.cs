using System.Buffers.Binary;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>MNIST's IDX format: gray pictures in one file, labels in another; plain or gzip.</summary>
/// <remarks>Big-endian: 00 00 08 03, count, rows, columns, then one byte a pixel; labels: 00 00 08 01, count, one byte a label.</remarks>
internal sealed class IdxSource : IImageSource
{
    private const uint ImagesMagic = 0x0803;
    private const uint LabelsMagic = 0x0801;
    private const int HeaderLength = 16, OtherLength = 1 << 16;

    private readonly RecordFile _images;
    private readonly LabelTable _labels;
    private readonly int _rows;
    private readonly int _columns;

    private IdxSource(RecordFile images, LabelTable labels, int count, int rows, int columns)
    {
        (_images, _labels) = (images, labels);
        (Count, _rows, _columns) = (count, rows, columns);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labels.Classes;

    /// <summary>Opens a file of pictures, and the labels beside it where there are some.</summary>
    /// <exception cref="ImagingException">A header is wrong, or lengths do not agree.</exception>
    internal static IdxSource Open(string path)
    {
        RecordFile images = RecordFile.OpenPacked(path, ClaimedLength);
        try
        {
            Span<byte> header = stackalloc byte[HeaderLength];
            (int count, uint rows, uint columns) = (ReadCount(images, ImagesMagic, header), Word(header, 2), Word(header, 3));
            UInt128 length = HeaderLength + (UInt128)(uint)count * rows * columns;
            if (count < 1 || rows is 0 or > 32_767 || columns is 0 or > 32_767 || length != (UInt128)images.Length)
                throw new ImagingException(ErrorIds.BadIdxLength,
                    $"the header says {(uint)count} pictures of {columns} x {rows}, {length:N0} bytes; the file has {images.Length:N0}",
                    path, "copy it again");
            LabelTable labels = IdxFiles.LabelsBeside(path) is { } beside ? Labels(beside, count) : LabelTable.Unlabeled;
            return new IdxSource(images, labels, count, (int)rows, (int)columns);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<long> Marks => [_images.Length];

    /// <inheritdoc/>
    public string Name(int index) => $"{Path.GetFileName(_images.Path)}#{index}";

    /// <inheritdoc/>
    public int Label(int index) => _labels.Of(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        request.RequireColors(Name(index));
        if (!PixelLimit.Allows(_columns, _rows, request))
            throw PixelLimit.Refusal(_columns, _rows, request, Name(index));
        Image image = new(_columns, _rows, request.Channels);
        int pixels = _rows * _columns;
        // Read to the end of the samples: spread from the front, no pixel is overwritten before it is used.
        Span<byte> gray = image.Samples.AsSpan(image.Samples.Length - pixels);
        _images.Read(HeaderLength + (long)index * pixels, gray);
        if (image.Channels == 3)
            for (int pixel = 0; pixel < pixels; pixel++)
                image.Samples.AsSpan(3 * pixel, 3).Fill(gray[pixel]);
        return image;
    }

    /// <inheritdoc/>
    public void Dispose() => _images.Dispose();

    /// <summary>The length that a file's first bytes claim; a little where they are no IDX file's, so that a broken gzip file is still told
    /// from another kind of file.</summary>
    internal static long ClaimedLength(byte[] start)
    {
        if (start.Length < 8) return OtherLength;
        return Word(start, 0) switch
        {
            LabelsMagic => 8L + Word(start, 1),
            ImagesMagic when start.Length >= HeaderLength =>
                (long)UInt128.Min(HeaderLength + (UInt128)Word(start, 1) * Word(start, 2) * Word(start, 3), long.MaxValue),
            _ => OtherLength,
        };
    }

    private static LabelTable Labels(string path, int pictures)
    {
        using RecordFile file = RecordFile.OpenPacked(path, ClaimedLength);
        Span<byte> header = stackalloc byte[8];
        int count = ReadCount(file, LabelsMagic, header);
        if (count != pictures || file.Length != 8L + count)
            throw new ImagingException(ErrorIds.BadIdxLength,
                $"there are {pictures:N0} pictures, but the header says {(uint)count:N0} labels and the file has {file.Length - 8:N0}",
                path, "copy both files again");
        byte[] labels = new byte[count];
        file.Read(8, labels);
        return new LabelTable(LabelTable.Numbered(labels.Max() + 1), [.. labels.Select(label => (int)label)]);
    }

    private static int ReadCount(RecordFile file, uint magic, Span<byte> header)
    {
        if (file.Length < header.Length)
            throw new ImagingException(ErrorIds.BadIdxLength, $"an IDX file has {header.Length} bytes or more, this one {file.Length}",
                file.Path, "copy it again");
        file.Read(0, header);
        string content = magic == ImagesMagic ? "pictures" : "labels";
        if (Word(header, 0) != magic)
            throw new ImagingException(ErrorIds.BadIdxHeader,
                $"the file starts with {Word(header, 0):X8}, where IDX {content} of bytes start with {magic:X8}", file.Path,
                Word(header, 0) == LabelsMagic ? "give the file of pictures; its labels are found beside it" : "give an IDX file of bytes");
        return (int)Word(header, 1);
    }

    private static uint Word(ReadOnlySpan<byte> header, int index) => BinaryPrimitives.ReadUInt32BigEndian(header[(4 * index)..]);
}
