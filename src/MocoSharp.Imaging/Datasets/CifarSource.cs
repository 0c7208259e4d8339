using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>CIFAR's binary version: 32 × 32 RGB records, color planes one after the other, labels before them.</summary>
/// <remarks>A CIFAR-10 record is one label and 3,072 samples; a CIFAR-100 record has a coarse and a fine label before them. The fine label
/// is used.</remarks>
internal sealed class CifarSource : IImageSource
{
    private const int Side = 32;
    private const int Plane = Side * Side;

    private readonly RecordFile[] _files;
    private readonly int[] _ends;               // the number of records up to and with each file
    private readonly int _labelBytes;
    private readonly LabelTable _labels;

    private CifarSource(RecordFile[] files, int[] ends, int labelBytes, LabelTable labels)
    {
        (_files, _ends) = (files, ends);
        (_labelBytes, _labels) = (labelBytes, labels);
    }

    /// <inheritdoc/>
    public int Count => _ends[^1];

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labels.Classes;

    /// <summary>Opens files of one data set as one source.</summary>
    /// <param name="paths">The files in order, at least one.</param>
    /// <param name="kind">CIFAR-10 or CIFAR-100.</param>
    /// <exception cref="ImagingException">A file is no whole number of records, or a label is out of range.</exception>
    internal static CifarSource Open(IReadOnlyList<string> paths, CifarKind kind)
    {
        string[] classes = CifarFiles.ClassNames(paths[0], kind);
        RecordFile[] files = new RecordFile[paths.Count];
        try
        {
            int[] ends = new int[files.Length];
            List<int> labels = [];
            for (int i = 0; i < files.Length; i++)
            {
                files[i] = RecordFile.Open(paths[i]);
                ReadLabels(files[i], kind, classes.Length, labels);
                ends[i] = labels.Count;
            }
            return new CifarSource(files, ends, kind.LabelBytes, new LabelTable(classes, [.. labels]));
        }
        catch
        {
            foreach (RecordFile? file in files)
                file?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<long> Marks => _files.Select(static file => file.Length);

    /// <inheritdoc/>
    public string Name(int index)
    {
        (RecordFile file, int record) = Find(index);
        return $"{Path.GetFileName(file.Path)}#{record}";
    }

    /// <inheritdoc/>
    public int Label(int index) => _labels.Of(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request)
    {
        (RecordFile file, int record) = Find(index);
        request.RequireColors(Name(index));
        if (!PixelLimit.Allows(Side, Side, request))
            throw PixelLimit.Refusal(Side, Side, request, Name(index));
        Span<byte> planes = stackalloc byte[3 * Plane];
        file.Read((long)record * (_labelBytes + 3 * Plane) + _labelBytes, planes);
        Image image = new(Side, Side, request.Channels);
        Span<byte> samples = image.Samples;
        for (int pixel = 0; pixel < Plane; pixel++)
        {
            (byte red, byte green, byte blue) = (planes[pixel], planes[pixel + Plane], planes[pixel + 2 * Plane]);
            if (image.Channels == 1)
                samples[pixel] = (byte)Luma.Of(red, green, blue);
            else
                (samples[3 * pixel], samples[3 * pixel + 1], samples[3 * pixel + 2]) = (red, green, blue);
        }
        return image;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RecordFile file in _files)
            file.Dispose();
    }

    private (RecordFile File, int Record) Find(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int file = 0;
        while (index >= _ends[file])
            file++;
        return (_files[file], index - (file == 0 ? 0 : _ends[file - 1]));
    }

    private static void ReadLabels(RecordFile file, CifarKind kind, int classes, List<int> labels)
    {
        int record = kind.LabelBytes + 3 * Plane;
        if (file.Length == 0 || file.Length % record != 0 || file.Length / record > int.MaxValue - labels.Count)
            throw new ImagingException(ErrorIds.BadCifarLength,
                $"{kind.Name} records have {record:N0} bytes, and {file.Length:N0} bytes are no whole number of them", file.Path,
                "copy the file again");
        Span<byte> label = stackalloc byte[1];
        for (long at = kind.LabelBytes - 1; at < file.Length; at += record)
        {
            file.Read(at, label);
            if (label[0] >= classes)
                throw new ImagingException(ErrorIds.BadCifarLabel,
                    $"record {at / record} has the label {label[0]}, and {kind.Name} has {classes} classes", file.Path,
                    "give the binary version of the data set");
            labels.Add(label[0]);
        }
    }
}
