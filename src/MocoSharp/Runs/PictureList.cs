using System.Globalization;
using System.IO.Compression;
using System.Text;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Runs;

/// <summary><c>pictures.tsv.gz</c>: the name of each training picture, its label and, where it is a file of its own, the file's length, so
/// that a run can say which pictures have changed, and banks keep the rows of those that have not.</summary>
internal sealed class PictureList
{
    private const int Named = 3, Most = 10_000_000;
    private readonly string[] _names, _rest;

    private PictureList(string[] names, string[] rest) => (_names, _rest) = (names, rest);

    /// <summary>Whether a source's pictures are kept one by one: shards, which have a hash of their own, only up to ten million.</summary>
    internal static bool Keeps(IImageSource source) => source.Digest is null || source.Count <= Most;

    internal static PictureList Of(IImageSource source)
    {
        long[] marks = [.. source.Marks];
        bool each = marks.Length == source.Count;
        string[] names = new string[source.Count], rest = new string[source.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = source.Name(i);
            string label = source.Label(i) is var at and >= 0 && at < source.Classes.Count ? source.Classes[at] : "";
            rest[i] = $"{label}\t{(each ? marks[i].ToString(CultureInfo.InvariantCulture) : "")}";
        }
        return new PictureList(names, rest);
    }

    /// <summary>A run's; null where it has none, as in older versions, or it is damaged.</summary>
    internal static PictureList? Read(RunFolder folder)
    {
        if (!File.Exists(folder.Pictures)) return null;
        List<string> names = [], rest = [];
        try
        {
            using StreamReader reader = new(new GZipStream(File.OpenRead(folder.Pictures), CompressionMode.Decompress), Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                int tab = line.IndexOf('\t', StringComparison.Ordinal);
                if (tab < 0) return null;
                names.Add(Plain(line[..tab]));
                rest.Add(Plain(line[(tab + 1)..]));
            }
            return new PictureList([.. names], [.. rest]);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal void Write(RunFolder folder)
    {
        using MemoryStream bytes = new();
        using (StreamWriter writer = new(new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true), new UTF8Encoding(false)))
            for (int i = 0; i < _names.Length; i++) writer.Write($"{Escaped(_names[i])}\t{Escaped(_rest[i], keepTabs: true)}\n");
        AtomicFile.Write(folder.Pictures, bytes.ToArray());
    }

    /// <summary>Where each picture was in another list; −1 where it was not, or was another file.</summary>
    internal int[] PlacesIn(PictureList then)
    {
        Dictionary<string, int> places = then.Places();
        return [.. _names.Select((name, i) => places.TryGetValue(name, out int at) && Length(then._rest[at]) == Length(_rest[i]) ? at
            : -1)];
    }

    /// <summary>Whether two lists have the same files in the same order, whatever their labels.</summary>
    internal bool HasFilesOf(PictureList then) =>
        _names.AsSpan().SequenceEqual(then._names) && _rest.Zip(then._rest).All(static pair => Length(pair.First) == Length(pair.Second));

    /// <summary>What is otherwise than it was, with the first few names of each kind; null where nothing is.</summary>
    internal string? Since(PictureList then)
    {
        Dictionary<string, int> before = then.Places(), now = Places();
        List<string> added = [], other = [], labels = [];
        foreach ((string name, int at) in now)
        {
            if (!before.TryGetValue(name, out int was)) added.Add(name);
            else if (Length(_rest[at]) != Length(then._rest[was])) other.Add(name);
            else if (_rest[at] != then._rest[was]) labels.Add(name);
        }
        string[] removed = [.. before.Keys.Where(name => !now.ContainsKey(name))];
        string[] parts = [.. new[] { Part(added, "added"), Part(removed, "gone"), Part(other, "of another length"),
            Part(labels, "labeled otherwise") }.OfType<string>()];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }

    private static string? Part(IReadOnlyCollection<string> names, string what)
    {
        if (names.Count == 0) return null;
        string first = string.Join(", ", names.Order(StringComparer.Ordinal).Take(Named));
        return $"{names.Count.ToString("N0", CultureInfo.InvariantCulture)} {what}: {first}{(names.Count > Named ? ", …" : "")}";
    }

    private Dictionary<string, int> Places()
    {
        Dictionary<string, int> places = new(_names.Length, StringComparer.Ordinal);
        for (int i = 0; i < _names.Length; i++) places.TryAdd(_names[i], i);
        return places;
    }

    private static string Length(string rest) => rest[(rest.LastIndexOf('\t') + 1)..];

    private static string Escaped(string text, bool keepTabs = false)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal);
        return keepTabs ? escaped : escaped.Replace("\t", "\\t", StringComparison.Ordinal);
    }

    private static string Plain(string escaped)
    {
        if (!escaped.Contains('\\', StringComparison.Ordinal)) return escaped;
        StringBuilder text = new();
        for (int i = 0; i < escaped.Length; i++)
            text.Append(escaped[i] != '\\' || i + 1 == escaped.Length ? escaped[i]
                : escaped[++i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
        return text.ToString();
    }
}
