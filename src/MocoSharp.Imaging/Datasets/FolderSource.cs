using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets;

/// <summary>The pictures below a folder, in ordinal order of their paths.</summary>
internal sealed class FolderSource : IImageSource, IPictureFiles
{
    private readonly string _root;
    private readonly FileTable _files;
    private readonly LabelTable _labels;

    internal FolderSource(string root, FileTable files, LabelTable labels) => (_root, _files, _labels) = (root, files, labels);

    /// <inheritdoc/>
    public int Count => _files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labels.Classes;

    /// <summary>Opens a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">Where labels come from.</param>
    /// <param name="split">"train/" and the like, when the root is such a folder of a data set whose CSV file is about the whole.</param>
    /// <exception cref="ImagingException">There are no pictures, or their labels cannot be had as asked.</exception>
    internal static FolderSource Open(string root, SourceOptions options, string split = "")
    {
        FileTable files = FolderScan.Run(root);
        if (options.Labels == LabelsFrom.Auto && FolderLabels.WhyNot(files) is { } why)
            files.Notes = [.. files.Notes, why];
        LabelTable labels = LabelsOf(files, root, options.Labels, split);
        files.Notes = [.. files.Notes, .. labels.Notes()];
        return new FolderSource(root, files, labels);
    }

    /// <summary>The labels of a folder's files, from where they are asked for.</summary>
    internal static LabelTable LabelsOf(FileTable files, string root, LabelsFrom from, string split) =>
        from.CsvPath is { } csv ? CsvLabels.Read(csv).For(files, root, split)
            : from == LabelsFrom.Folders ? FolderLabels.Of(files, root)
            : from == LabelsFrom.Auto && FolderLabels.LooksLikeClasses(files) ? FolderLabels.Of(files, root)
            : LabelTable.Unlabeled;

    /// <inheritdoc/>
    public IEnumerable<long> Marks => Enumerable.Range(0, Count).Select(index => LengthOf(PathOf(index)));

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _files.Notes;

    /// <summary>A file's length in bytes; −1 where it is gone.</summary>
    internal static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    /// <inheritdoc/>
    public string Name(int index) => _files.PathOf(index);

    /// <inheritdoc/>
    public PooledFile Read(int index) => PooledFile.Read(PathOf(index), Name(index));

    private string PathOf(int index) => Path.Join(_root, _files.PathOf(index));

    /// <inheritdoc/>
    public int Label(int index) => _labels.Of(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request)
    {
        string name = _files.PathOf(index);
        return ImageDecoder.Load(Path.Join(_root, name), request, name);
    }

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory)
    {
        string name = _files.PathOf(index);
        return ImageDecoder.Load(Path.Join(_root, name), request, name, memory);
    }

    /// <inheritdoc/>
    public void Announce(int index) => Readahead.Ask(PathOf(index));

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are opened one at a time.
    }
}
