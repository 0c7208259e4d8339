using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>A source whose labels count in another list of classes; those that it lacks are no labels. It owns the inner source.</summary>
internal sealed class RelabeledSource(IImageSource inner, IReadOnlyList<string> classes) : IImageSource
{
    private readonly int[] _labelOf =
        [.. inner.Classes.Select(name => classes.Index().Where(other => CanonicalForm.Of(other.Item) == CanonicalForm.Of(name))
            .Select(static other => other.Index).FirstOrDefault(-1))];

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => classes;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => inner.Notes;

    /// <inheritdoc/>
    public IEnumerable<long> Marks => inner.Marks;

    /// <inheritdoc/>
    public IReadOnlyList<int> Blocks => inner.Blocks;

    /// <inheritdoc/>
    public string? Digest => inner.Digest is { } digest ? string.Join('\n', [digest, .. classes]) : null;

    /// <inheritdoc/>
    public string Name(int index) => inner.Name(index);

    /// <inheritdoc/>
    public int Label(int index) => inner.Label(index) is >= 0 and int label ? _labelOf[label] : -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => inner.Load(index, request);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) => inner.Load(index, request, memory);

    /// <inheritdoc/>
    public void Announce(int index) => inner.Announce(index);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
