namespace MocoSharp.Imaging.Codecs;

/// <summary>Which bands of its file a picture is made of, by name: satellites, microscopes and depth cameras have others than red, green
/// and blue.</summary>
/// <remarks>A TIFF whose bands are described (GDAL's metadata) gives those of these names, in this order. Of any other file the names stand
/// for its bands from the first to the last; <c>_</c> passes one over. An alpha channel is a band.</remarks>
public sealed class BandSelection : IEquatable<BandSelection>
{
    /// <summary>The name that passes a band over.</summary>
    public const string Unused = "_";

    private readonly int[] _places;

    /// <summary>Bands by name.</summary>
    /// <param name="names">1 or more, each once, but for <see cref="Unused"/>.</param>
    /// <param name="ranges">Which samples become 0 and 255: one for each name that is used; none for all that their type has.</param>
    /// <exception cref="ArgumentException">A name comes twice or none is used, or the ranges are not as many.</exception>
    public BandSelection(IReadOnlyList<string> names, IReadOnlyList<SampleRange>? ranges = null)
    {
        (Names, Ranges) = (names, ranges ?? []);
        _places = [.. Enumerable.Range(0, names.Count).Where(place => names[place] != Unused)];
        Used = [.. _places.Select(place => names[place])];
        if (Used.Count == 0 || Used.Distinct().Count() < Used.Count)
            throw new ArgumentException("A selection has one band or more, each once.", nameof(names));
        if (Ranges.Count > 0 && Ranges.Count != Used.Count)
            throw new ArgumentException($"There are {Ranges.Count} ranges for {Used.Count} bands.", nameof(ranges));
    }

    /// <summary>The names as they were given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names of the picture's channels.</summary>
    public IReadOnlyList<string> Used { get; }

    /// <summary>One for each channel; none where all are spread alike.</summary>
    public IReadOnlyList<SampleRange> Ranges { get; }

    /// <summary>The places of the channels among a file's bands.</summary>
    /// <param name="bands">How many bands the file has.</param>
    /// <param name="described">What the file calls them; empty where it does not say.</param>
    /// <param name="name">The picture.</param>
    /// <exception cref="BadImageException">It has other bands.</exception>
    internal IReadOnlyList<int> PlacesIn(int bands, IReadOnlyList<string> described, string name)
    {
        string[] known = [.. described];
        int[] found = [.. Used.Select(used => Array.FindIndex(known, name => name.Equals(used, StringComparison.OrdinalIgnoreCase)))];
        if (found.All(static place => place >= 0))
            return found;
        if (found.Any(static place => place >= 0) && bands != Names.Count)
            throw new BadImageException(ErrorIds.OtherBands,
                $"it has no band '{Used[Array.IndexOf(found, -1)]}' among {string.Join(", ", known)}", name,
                "write the names as the file has them");
        return bands == Names.Count ? _places : throw new BadImageException(ErrorIds.OtherBands,
            $"it has {bands} band{(bands == 1 ? "" : "s")}{Described(described)}, and {Names.Count} are named: {string.Join(", ", Names)}",
            name, $"name each band of the files in data.channels, in their order, with {Unused} for one that is passed over");
    }

    /// <inheritdoc/>
    public bool Equals(BandSelection? other) => other is not null && Names.SequenceEqual(other.Names) && Ranges.SequenceEqual(other.Ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BandSelection);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(string.Join(',', Names), Ranges.Count);

    private static string Described(IReadOnlyList<string> described) =>
        described.Any(static band => band.Length > 0) ? $" ({string.Join(", ", described)})" : "";
}
