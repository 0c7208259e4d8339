using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Pictures by their paths, in the order in which they are given, without labels.</summary>
/// <param name="paths">1 or more.</param>
public sealed class FileListSource(IReadOnlyList<string> paths) : IImageSource
{
    /// <inheritdoc/>
    public int Count => paths.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => [];

    /// <inheritdoc/>
    public string Name(int index) => paths[index];

    /// <inheritdoc/>
    public int Label(int index) => -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => ImageDecoder.Load(paths[index], request, paths[index]);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) =>
        ImageDecoder.Load(paths[index], request, paths[index], memory);

    /// <inheritdoc/>
    public void Announce(int index) => Readahead.Ask(paths[index]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are opened one at a time.
    }
}
