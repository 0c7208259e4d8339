using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>Pictures that are named one by one, and those of folders. A name is the path as it was given.</summary>
internal sealed class QueryPictures : IImageSource
{
    private readonly List<(IImageSource Source, int Index, string Name)> _pictures = [];
    private readonly List<IImageSource> _sources = [];

    /// <summary>Opens them.</summary>
    /// <param name="paths">Picture files, and folders of pictures.</param>
    /// <exception cref="ImagingException">MS3021: a folder holds no pictures.</exception>
    internal QueryPictures(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            bool isFolder = Directory.Exists(path);
            IImageSource source = isFolder ? ImageSources.Open(path, new SourceOptions { Labels = LabelsFrom.None })
                : new FileListSource([path]);
            _sources.Add(source);
            for (int i = 0; i < source.Count; i++)
                _pictures.Add((source, i, isFolder ? Path.Join(path, source.Name(i)) : path));
        }
    }

    /// <inheritdoc/>
    public int Count => _pictures.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [.. _sources.SelectMany(static source => source.Notes)];

    /// <inheritdoc/>
    public string Name(int index) => _pictures[index].Name;

    /// <inheritdoc/>
    public int Label(int index) => -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => Named(index, (source, at) => source.Load(at, request));

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) =>
        Named(index, (source, at) => source.Load(at, request, memory));

    /// <inheritdoc/>
    public void Announce(int index) => _pictures[index].Source.Announce(_pictures[index].Index);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IImageSource source in _sources) source.Dispose();
    }

    private Image Named(int index, Func<IImageSource, int, Image> load)
    {
        (IImageSource source, int at, string name) = _pictures[index];
        try
        {
            return load(source, at);
        }
        catch (BadImageException error)
        {
            throw new BadImageException(error.Id, error.Message, name, error.Fix, error);
        }
    }
}
