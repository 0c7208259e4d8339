using System.Globalization;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Files in a folder of pictures that hold pictures and are not read: counted by their endings, with what to do about each
/// kind.</summary>
internal sealed class OtherFiles
{
    private static readonly (string Fix, string[] Extensions)[] s_kinds =
    [
        (FormatSniffer.FramesOf("FILE"), [".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"]),
        ("develop them to JPEG, by darktable-cli or the maker's program",
            [".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw"]),
        ("unpack them, or make shards of them: moco shard FOLDER --index", [".tar"]),
        ("unpack them", [".zip", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".tfrecord", ".lmdb"]),
        ("export them as PNG or TIFF", [".psd", ".xcf", ".ai", ".eps", ".svg", ".pdf", ".exr", ".hdr", ".ppm", ".pgm", ".tga", ".ico",
            ".dcm", ".nii", ".fits", ".czi", ".lif", ".nd2", ".svs", ".ndpi", ".vsi"]),
    ];

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private int _hidden, _unnamed, _irregular;
    private string? _unnamedFolder;

    /// <summary>All files that are no pictures, of whatever kind.</summary>
    internal int Count { get; private set; }

    /// <summary>A picture whose name begins with a dot.</summary>
    internal void AddHidden() => _hidden++;

    /// <summary>A file or folder whose name is not UTF-8: by the name that .NET makes of it, it cannot be found again.</summary>
    internal void AddUnnamed(string folder)
    {
        _unnamed++;
        _unnamedFolder ??= folder;
    }

    /// <summary>A pipe, a device or a socket with a picture's name.</summary>
    internal void AddIrregular() => _irregular++;

    internal void Add(ReadOnlySpan<char> name)
    {
        Count++;
        string extension = Path.GetExtension(name).ToString().ToLowerInvariant();
        if (s_kinds.Any(kind => kind.Extensions.Contains(extension)))
            _counts[extension] = _counts.GetValueOrDefault(extension) + 1;
    }

    /// <summary>A sentence a kind that is there.</summary>
    internal IEnumerable<string> Notes()
    {
        if (_hidden > 0)
            yield return $"passed over, since {(_hidden == 1 ? "its name begins" : "their names begin")} with a dot: "
                + $"{_hidden.ToString("N0", CultureInfo.InvariantCulture)} {(_hidden == 1 ? "picture" : "pictures")} (rename "
                + $"{(_hidden == 1 ? "it" : "them")} to have {(_hidden == 1 ? "it" : "them")} read)";
        if (_unnamed > 0)
            yield return $"passed over, since {(_unnamed == 1 ? "its name is" : "their names are")} not UTF-8: {Counted(_unnamed, "entry",
                "entries")} (the first in {_unnamedFolder}; to rename: convmv -f latin1 -t utf8 -r --notest {_unnamedFolder})";
        if (_irregular > 0)
            yield return $"passed over, since "
                + $"{(_irregular == 1 ? "it is a pipe, a device or a socket" : "they are pipes, devices or sockets")}"
                + $": {Counted(_irregular, "entry", "entries")} with a picture's name";
        foreach ((string fix, string[] extensions) in s_kinds)
        {
            string[] there = [.. _counts.Where(count => extensions.Contains(count.Key))
                .Select(static count => $"{count.Value.ToString("N0", CultureInfo.InvariantCulture)} {count.Key}")];
            if (there.Length > 0)
                yield return $"passed over, since it is no picture that is read: {string.Join(", ", there)} ({fix})";
        }
    }

    private static string Counted(int count, string one, string many) =>
        $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? one : many)}";
}
