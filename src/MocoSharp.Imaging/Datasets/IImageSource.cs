namespace MocoSharp.Imaging.Datasets;

/// <summary>Pictures by index: a folder, an IDX or CIFAR file. Safe to call from many threads at once.</summary>
public interface IImageSource : IDisposable
{
    /// <summary>How many pictures there are, 1 or more.</summary>
    int Count { get; }

    /// <summary>The classes' names in label order; empty when nothing is labelled.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>What a person calls the picture: its path below the root, or file and record number.</summary>
    string Name(int index);

    /// <summary>The picture's class, 0 … Classes.Count − 1, or −1 where it has none.</summary>
    int Label(int index);

    /// <summary>What people should know of the files, a sentence each; mostly nothing.</summary>
    IReadOnlyList<string> Notes => [];

    /// <summary>Decodes one picture.</summary>
    /// <param name="index">0 … Count − 1.</param>
    /// <param name="request">Colour, smallest useful size and limits.</param>
    /// <exception cref="BadImageException">This picture cannot be read.</exception>
    Image Load(int index, DecodeRequest request);

    /// <summary>Decodes one picture into lent memory, where the source can. The picture is valid until the memory is asked again.</summary>
    /// <inheritdoc cref="Load(int, DecodeRequest)"/>
    Image Load(int index, DecodeRequest request, ImageMemory memory) => Load(index, request);

    /// <summary>Tells that a picture will be loaded soon, so that what lies on a disk can be fetched meanwhile. It costs little and never fails; it may do nothing.</summary>
    /// <param name="index">0 … Count − 1.</param>
    void Announce(int index)
    {
    }

    /// <summary>Numbers that change when files give way to others of the same names, as far as that can be told without reading them: their lengths, or a checksum
    /// that they hold. Empty where nothing is known.</summary>
    IEnumerable<long> Marks => [];
}

/// <summary>What a caller needs of a decoded picture.</summary>
/// <param name="Colour">RGB or grey.</param>
/// <param name="ShorterSide">The decoder may shrink a JPEG (by eighths) as long as its shorter side stays at least this; 0 keeps full size.</param>
/// <param name="MaximumPixels">A picture that would decode to more pixels is refused; 0, as in a default value, means the default.</param>
public readonly record struct DecodeRequest(Colour Colour = Colour.Rgb, int ShorterSide = 0, long MaximumPixels = DecodeRequest.DefaultMaximumPixels)
{
    /// <summary>100 million pixels: 300 MB as RGB.</summary>
    public const long DefaultMaximumPixels = 100_000_000;
}

/// <summary>The channels that a decoded picture has.</summary>
public enum Colour
{
    /// <summary>Three channels; grey pictures are repeated.</summary>
    Rgb,

    /// <summary>One channel; ITU-R 601-2 luma: 0.299 R + 0.587 G + 0.114 B.</summary>
    Grey,
}
