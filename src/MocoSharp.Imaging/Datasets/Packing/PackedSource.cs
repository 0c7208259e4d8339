using System.Buffers;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>One part of a packed file as a source.</summary>
internal sealed class PackedSource : IImageSource
{
    private readonly PackedFile _file;
    private readonly int _first;
    private readonly bool _labeled;

    private PackedSource(PackedFile file, int first, PackSplit split, bool labeled)
    {
        (_file, _first, _labeled) = (file, first, labeled);
        (Count, Classes) = (split.Count, labeled ? split.Classes : []);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Opens a packed file's parts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Labels are those in the file, or none.</param>
    /// <exception cref="ImagingException">As <see cref="PackedFile.Open"/>. MS3044: other labels were asked for.</exception>
    internal static DataSplits Open(string path, SourceOptions options)
    {
        if (options.Labels.CsvPath is { } csv)
            throw new ImagingException(ErrorIds.PackLabels,
                $"the labels of a packed file were fixed when it was made, and {csv} holds others", path,
                $"pack the folder anew: moco pack DIR --labels {csv} -o FILE");
        PackedSource train = Open(path, options, split: 0)!;
        try
        {
            DataSplits splits = DataSplits.Matched(train, Open(path, options, split: 1));
            return splits.Test is null ? splits : splits with { TrainFolder = "train/", TestFolder = "test/" };
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    // each part has a handle of its own, so that each can be disposed of by itself
    private static PackedSource? Open(string path, SourceOptions options, int split)
    {
        PackedFile file = PackedFile.Open(path);
        if (split < file.Description.Splits.Count)
            return new PackedSource(file, file.Description.Splits.Take(split).Sum(part => part.Count), file.Description.Splits[split],
                options.Labels != LabelsFrom.None);
        file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public IEnumerable<long> Marks => [_file.IndexChecksum];

    /// <inheritdoc/>
    public string Name(int index) => _file.Name(At(index));

    /// <inheritdoc/>
    public int Label(int index) => _labeled ? _file.Entry(At(index)).Label : -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => Read(At(index), request, memory: null);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) => Read(At(index), request, memory);

    /// <inheritdoc/>
    public void Announce(int index) => _file.Announce(At(index));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private int At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _first + index;
    }

    private Image Read(int index, DecodeRequest request, ImageMemory? memory)
    {
        PackEntry entry = _file.Entry(index);
        if (entry.Encoding == PackEntry.RawSamples)
            return Samples(index, entry, request, memory);
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)entry.Length);
        try
        {
            Span<byte> file = bytes.AsSpan(0, (int)entry.Length);
            _file.Read(index, entry, file);
            return ImageDecoder.Decode(file, request, _file.Name(index), memory);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Image Samples(int index, in PackEntry entry, DecodeRequest request, ImageMemory? memory)
    {
        (int width, int height) = ((int)entry.Width, (int)entry.Height);
        if (!PixelLimit.Allows(width, height, request))
            throw PixelLimit.Refusal(width, height, request, _file.Name(index));
        if (request.Bands is { } bands && bands.Used.Count != entry.Channels)
            throw new BadImageException(ErrorIds.OtherBands,
                $"it was packed with {entry.Channels} channels, and {bands.Used.Count} are named: {string.Join(", ", bands.Used)}",
                _file.Name(index), "pack the pictures again with these channels");
        if (request.Bands is null && entry.Channels is not (1 or 3))
            throw new BadImageException(ErrorIds.OtherBands, $"it was packed with {entry.Channels} channels, and colors are asked for",
                _file.Name(index), "name them in data.channels, as when they were packed");
        int channels = request.Channels;
        Image image = ImageMemory.Take(memory, width, height, channels);
        if (channels == entry.Channels)
        {
            _file.Read(index, entry, image.Samples);
            return image;
        }
        using Scratch stored = Scratch.Of((int)entry.Length);
        _file.Read(index, entry, stored.Bytes);
        if (channels == 1)
            Luma.FromRgb(stored.Bytes, image.Samples);
        else
            Luma.ToRgb(stored.Bytes, image.Samples);
        return image;
    }
}
