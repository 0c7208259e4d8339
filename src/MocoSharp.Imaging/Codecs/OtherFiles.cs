using System.Globalization;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Files in a folder of pictures that hold pictures and are not read: counted by their endings, with what to do about each
/// kind.</summary>
internal sealed class OtherFiles
{
    private static readonly (string Fix, string[] Extensions)[] s_kinds =
    [
        (FramesOf("FILE"), [".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"]),
        ("develop them to JPEG, by darktable-cli or the maker's program",
            [".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw"]),
        ("unpack them", [".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".tfrecord", ".lmdb"]),
        ("export them as PNG or TIFF", [".psd", ".xcf", ".ai", ".eps", ".svg", ".pdf", ".exr", ".hdr", ".ppm", ".pgm", ".tga", ".ico",
            ".dcm", ".nii", ".fits", ".czi", ".lif", ".nd2", ".svs", ".ndpi", ".vsi"]),
    ];

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private int _hidden;

    /// <summary>All files that are no pictures, of whatever kind.</summary>
    internal int Count { get; private set; }

    /// <summary>How to make pictures of a video.</summary>
    internal static string FramesOf(string file) => $"make a picture a second of it: ffmpeg -i {file} -vf fps=1 frame-%05d.jpg";

    /// <summary>A picture whose name begins with a dot.</summary>
    internal void AddHidden() => _hidden++;

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
        foreach ((string fix, string[] extensions) in s_kinds)
        {
            string[] there = [.. _counts.Where(count => extensions.Contains(count.Key))
                .Select(static count => $"{count.Value.ToString("N0", CultureInfo.InvariantCulture)} {count.Key}")];
            if (there.Length > 0)
                yield return $"passed over, since it is no picture that is read: {string.Join(", ", there)} ({fix})";
        }
    }
}
