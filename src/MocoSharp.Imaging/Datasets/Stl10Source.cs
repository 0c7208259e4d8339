using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>STL-10's binary files: 96 × 96 RGB, three planes a picture, each plane column by column; labels 1 to 10 in a file of their
/// own.</summary>
/// <remarks>Coates et al. 2011. <c>train_X.bin</c> with <c>train_y.bin</c>, <c>test_X.bin</c> with <c>test_y.bin</c>, and
/// <c>unlabeled_X.bin</c> without labels.</remarks>
internal sealed class Stl10Source : IImageSource
{
    private const int Side = 96, Plane = Side * Side, Record = 3 * Plane, ClassCount = 10;

    private readonly RecordFile _pictures;
    private readonly LabelTable _labels;

    private Stl10Source(RecordFile pictures, LabelTable labels) =>
        (_pictures, _labels, Count) = (pictures, labels, checked((int)(pictures.Length / Record)));

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labels.Classes;

    /// <summary>The splits of a folder; null when it holds none of the files.</summary>
    /// <exception cref="ImagingException">A file is no whole number of pictures, labels and pictures differ in number, or a label is out of
    /// range.</exception>
    internal static DataSplits? In(string folder)
    {
        string train = Path.Join(folder, "train_X.bin"), test = Path.Join(folder, "test_X.bin"),
            unlabeled = Path.Join(folder, "unlabeled_X.bin");
        if (!File.Exists(train) && !File.Exists(unlabeled)) return null;
        List<IImageSource> opened = [];
        try
        {
            foreach (string path in new[] { train, unlabeled, test })
                if (File.Exists(path)) opened.Add(Open(path));
        }
        catch
        {
            opened.ForEach(static source => source.Dispose());
            throw;
        }
        IImageSource? Of(string path) => opened.Find(source => ((Stl10Source)source)._pictures.Path == path);
        return Of(train) is { } labeled ? DataSplits.Matched(labeled, Of(test)) with { Unlabeled = Of(unlabeled) }
            : new DataSplits(Of(unlabeled)!, Of(test));
    }

    /// <inheritdoc/>
    public IEnumerable<long> Marks => [_pictures.Length];

    /// <inheritdoc/>
    public string Name(int index) => $"{Path.GetFileName(_pictures.Path)}#{index}";

    /// <inheritdoc/>
    public int Label(int index) => _labels.Of(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        request.RequireColors(Name(index));
        if (!PixelLimit.Allows(Side, Side, request)) throw PixelLimit.Refusal(Side, Side, request, Name(index));
        byte[] planes = new byte[Record];
        _pictures.Read((long)index * Record, planes);
        Image image = new(Side, Side, request.Channels);
        Span<byte> samples = image.Samples;
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
            {
                int from = x * Side + y, pixel = y * Side + x;           // columns come first
                (byte red, byte green, byte blue) = (planes[from], planes[from + Plane], planes[from + 2 * Plane]);
                if (image.Channels == 1) samples[pixel] = (byte)Luma.Of(red, green, blue);
                else (samples[3 * pixel], samples[3 * pixel + 1], samples[3 * pixel + 2]) = (red, green, blue);
            }
        return image;
    }

    /// <inheritdoc/>
    public void Dispose() => _pictures.Dispose();

    private static Stl10Source Open(string path)
    {
        RecordFile pictures = RecordFile.Open(path);
        try
        {
            if (pictures.Length == 0 || pictures.Length % Record != 0)
                throw new ImagingException(ErrorIds.BadStlLength,
                    $"STL-10 pictures have {Record:N0} bytes, and {pictures.Length:N0} bytes are no whole number of them", path,
                    "copy the file again");
            string labels = path[..^"X.bin".Length] + "y.bin";
            return new Stl10Source(pictures, File.Exists(labels) ? Labels(labels, pictures.Length / Record) : LabelTable.Unlabeled);
        }
        catch
        {
            pictures.Dispose();
            throw;
        }
    }

    private static LabelTable Labels(string path, long pictures)
    {
        using RecordFile file = RecordFile.Open(path);
        if (file.Length != pictures)
            throw new ImagingException(ErrorIds.BadStlLength,
                $"there are {file.Length:N0} labels for {pictures:N0} pictures; a label is one byte", path, "copy both files again");
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        int wrong = Array.FindIndex(bytes, static label => label is < 1 or > ClassCount);
        if (wrong >= 0)
            throw new ImagingException(ErrorIds.BadStlLabel,
                $"picture {wrong} has the label {bytes[wrong]}, and STL-10's labels are 1 to {ClassCount}", path, "copy the file again");
        string names = Path.Join(Path.GetDirectoryName(path), "class_names.txt");
        string[] classes = File.Exists(names)
            ? [.. File.ReadLines(names).Select(static line => line.Trim()).Where(static line => line.Length > 0)]
            : LabelTable.Numbered(ClassCount);
        return classes.Distinct().Count() == ClassCount && classes.Length == ClassCount
            ? new LabelTable(classes, [.. bytes.Select(static label => label - 1)])
            : throw new ImagingException(ErrorIds.BadStlLabel, $"STL-10 has {ClassCount} classes; the file names {classes.Length}", names,
            "restore the file, or delete it to call classes by their numbers");
    }
}
