using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>A folder with several pictures a scene: NAME_t.png, NAME_h.png … The first kind is the picture, the others its
/// partners.</summary>
/// <remarks>Scenes are in ordinal order of their first pictures' paths; other files are passed over.</remarks>
public sealed class PairedSource : IImageSource
{
    private readonly string _root;
    private readonly IReadOnlyList<Modality> _modalities;
    private readonly FileTable _files;
    private readonly LabelTable _labels;

    private PairedSource(string root, IReadOnlyList<Modality> modalities, FileTable files, LabelTable labels) =>
        (_root, _modalities, _files, _labels) = (root, modalities, files, labels);

    /// <inheritdoc/>
    public int Count => _files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labels.Classes;

    /// <summary>What people should know of the files, a sentence each: heights of 8 bits, colors off the palette.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Opens a folder.</summary>
    /// <param name="root">The folder; its sub-folders are looked at too.</param>
    /// <param name="options">The kinds of pictures, the first an ordinary one, and where labels come from.</param>
    /// <param name="split">"train/" and the like, when the root is such a folder of a data set whose CSV file is about the whole.</param>
    /// <exception cref="ImagingException">MS3050: a scene lacks a file. MS3053: the kinds contradict each other. Others as for any
    /// folder.</exception>
    internal static PairedSource Open(string root, SourceOptions options, string split = "")
    {
        Check(options.Modalities);
        Modality first = options.Modalities[0];
        FileTable all = FolderScan.Run(root), files = Matching(all, first.Suffix);
        if (files.Count == 0)
            throw new ImagingException(ErrorIds.MissingPartner,
                $"none of the {all.Count:N0} pictures ends in {first.Suffix}, as those of '{first.Name}' do", root,
                "give the folder with these files, or write their ending in data.modalities");
        PairedSource source = new(root, options.Modalities, files, FolderSource.LabelsOf(files, root, options.Labels, split));
        source.RequirePartners();
        return new PairedSource(root, options.Modalities, files, source._labels)
        {
            Notes = [.. options.Modalities.Select((kind, at) =>
                kind.Note([.. Enumerable.Range(0, files.Count).Select(index => source.PathOf(index, at))])).OfType<string>()],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<long> Marks => Enumerable.Range(0, Count)
        .SelectMany(index => Enumerable.Range(0, _modalities.Count).Select(at => FolderSource.LengthOf(PathOf(index, at))));

    /// <inheritdoc/>
    public string Name(int index) => _files.PathOf(index);

    /// <inheritdoc/>
    public int Label(int index) => _labels.Of(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request)
    {
        Image picture = ImageDecoder.Load(PathOf(index, 0), request, Name(index));
        Partner[] partners = new Partner[_modalities.Count - 1];
        for (int at = 0; at < partners.Length; at++)
        {
            string path = PathOf(index, at + 1), name = Path.GetRelativePath(_root, path);
            partners[at] = _modalities[at + 1].Load(path, request, name);
            if (partners[at].Width != picture.Width || partners[at].Height != picture.Height)
                throw new BadImageException(ErrorIds.PartnerSize,
                    $"it has {partners[at].Width} x {partners[at].Height} pixels, and {Name(index)} has {picture.Width} x "
                    + $"{picture.Height}: crops would not show the same place",
                    name, "resample one of the two to the size of the other");
        }
        return new Image(picture.Width, picture.Height, picture.Channels, picture.Samples) { Partners = partners };
    }

    /// <inheritdoc/>
    public void Announce(int index)
    {
        for (int at = 0; at < _modalities.Count; at++)
            Readahead.Ask(PathOf(index, at));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are opened one at a time.
    }

    private string PathOf(int index, int modality) =>
        Path.Join(_root, modality == 0 ? Name(index) : $"{Name(index)[..^_modalities[0].Suffix.Length]}{_modalities[modality].Suffix}");

    private void RequirePartners()
    {
        int missing = 0;
        (string Path, string Name, string Of)? first = null;
        for (int index = 0; index < Count; index++)
            for (int at = 1; at < _modalities.Count; at++)
                if (!File.Exists(PathOf(index, at)))
                {
                    missing++;
                    first ??= (PathOf(index, at), _modalities[at].Name, Name(index));
                }
        if (first is { } lacking)
            throw new ImagingException(ErrorIds.MissingPartner,
                $"{lacking.Of} has no '{lacking.Name}' beside it; {missing:N0} such {(missing == 1 ? "file is" : "files are")} missing "
                + $"in all", lacking.Path,
                $"bring the file back, move {lacking.Of} away, or leave '{lacking.Name}' out of data.modalities");
    }

    private static FileTable Matching(FileTable all, string suffix)
    {
        FileTable files = new();
        Dictionary<string, int> folders = [];
        for (int i = 0; i < all.Count; i++)
        {
            string path = all.PathOf(i), folder = path.LastIndexOf('/') is >= 0 and int slash ? path[..slash] : "";
            if (!path.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!folders.TryGetValue(folder, out int number)) folders.Add(folder, number = files.AddFolder(folder));
            files.Add(number, path[(folder.Length == 0 ? 0 : folder.Length + 1)..]);
        }
        return files;
    }

    private static void Check(IReadOnlyList<Modality> modalities)
    {
        foreach (Modality modality in modalities) modality.Check();
        if (modalities[0] is not PictureModality)
            throw new ImagingException(ErrorIds.BadModality, $"the first kind, '{modalities[0].Name}', is no ordinary picture",
                fix: "put a kind of ordinary pictures first in data.modalities: it is the one that tests and people see");
        foreach (Modality modality in modalities)
            if (modalities.Count(other => other.Name == modality.Name || other.Suffix == modality.Suffix) > 1)
                throw new ImagingException(ErrorIds.BadModality,
                    $"'{modality.Name}' ({modality.Suffix}) shares its name or ending with another kind", fix: "give each kind its own");
    }
}
