using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Pictures by index: a folder, an IDX or CIFAR file. Safe to call from many threads at once.</summary>
public interface IImageSource : IDisposable
{
    /// <summary>How many pictures there are, 1 or more.</summary>
    int Count { get; }

    /// <summary>The classes' names in label order; empty when nothing is labeled.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>What a person calls the picture: its path below the root, or file and record number.</summary>
    string Name(int index);

    /// <summary>The picture's class, 0 … Classes.Count − 1, or −1 where it has none.</summary>
    int Label(int index);

    /// <summary>What people should know of the files, a sentence each; mostly nothing.</summary>
    IReadOnlyList<string> Notes => [];

    /// <summary>Decodes one picture.</summary>
    /// <param name="index">0 … Count − 1.</param>
    /// <param name="request">Color, smallest useful size and limits.</param>
    /// <exception cref="BadImageException">This picture cannot be read.</exception>
    Image Load(int index, DecodeRequest request);

    /// <summary>Decodes one picture into lent memory, where the source can. The picture is valid until the memory is asked again.</summary>
    /// <inheritdoc cref="Load(int, DecodeRequest)"/>
    Image Load(int index, DecodeRequest request, ImageMemory memory) => Load(index, request);

    /// <summary>Tells that a picture will be loaded soon, so that what lies on a disk can be fetched meanwhile. It costs little and never
    /// fails; it may do nothing.</summary>
    /// <param name="index">0 … Count − 1.</param>
    void Announce(int index)
    {
    }

    /// <summary>Numbers that change when files give way to others of the same names, as far as that can be told without reading them: their
    /// lengths, or a checksum that they hold. Empty where nothing is known.</summary>
    IEnumerable<long> Marks => [];

    /// <summary>How many pictures lie together in each file of several that hold them, in the order of the indices; they add up to <see
    /// cref="Count"/>. Empty where no order is better to read than another.</summary>
    IReadOnlyList<int> Blocks => [];

    /// <summary>A hash that changes with names, labels and content, where the source holds one; null where it has to be made of
    /// them. Sets of a billion pictures need no walk over their names then.</summary>
    string? Digest => null;
}
