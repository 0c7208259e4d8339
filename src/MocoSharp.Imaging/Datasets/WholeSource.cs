using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>All parts of a data set as one source, each picture with its label and its name below the data set. The parts stay their
/// owner's to dispose.</summary>
internal sealed class WholeSource : IImageSource
{
    private readonly (IImageSource Source, string Folder, int Start)[] _parts;

    internal WholeSource(DataSplits splits)
    {
        List<(IImageSource, string, int)> parts = [];
        Add(splits.Train, splits.TrainFolder);
        Add(splits.Test, splits.TestFolder);
        Add(splits.Unlabeled, "");
        _parts = [.. parts];
        Classes = parts.Select(static part => part.Item1.Classes).FirstOrDefault(static classes => classes.Count > 0) ?? [];

        void Add(IImageSource? source, string folder)
        {
            if (source is null) return;
            parts.Add((source, folder, Count));
            Count = checked(Count + source.Count);
        }
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [.. _parts.SelectMany(static part => part.Source.Notes)];

    /// <inheritdoc/>
    public IEnumerable<long> Marks => _parts.SelectMany(static part => part.Source.Marks);

    /// <inheritdoc/>
    public string Name(int index)
    {
        (IImageSource source, string folder, _) = At(index, out int inner);
        return folder + source.Name(inner);
    }

    /// <inheritdoc/>
    public int Label(int index) => At(index, out int inner).Source is var source && source.Classes.Count > 0 ? source.Label(inner) : -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => At(index, out int inner).Source.Load(inner, request);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) =>
        At(index, out int inner).Source.Load(inner, request, memory);

    /// <inheritdoc/>
    public void Announce(int index) => At(index, out int inner).Source.Announce(inner);

    /// <inheritdoc/>
    public void Dispose()
    {
        // the parts are the data set's own
    }

    private (IImageSource Source, string Folder, int Start) At(int index, out int inner)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        (IImageSource, string, int Start) part = _parts.Last(part => part.Start <= index);
        inner = index - part.Start;
        return part;
    }
}
