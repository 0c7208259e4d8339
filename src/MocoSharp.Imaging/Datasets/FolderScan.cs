using System.IO.Enumeration;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Lists the pictures below a folder in ordinal order of their paths, the same on every machine.</summary>
/// <remarks>Symbolic links are followed, except to a folder that the link lies in: that would be a circle. Hidden entries (a leading dot)
/// are passed over, and so are folders of trainings: the pictures in there are of results.</remarks>
internal static class FolderScan
{
    /// <summary>What counts as a picture's name; the content may be of any format that is read.</summary>
    internal static IReadOnlyList<string> Extensions { get; } =
    [
        ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpf",
            ".jfif", ".jpe",
    ];

    private const char Unknown = '\uFFFD';     // what .NET reads in place of bytes that are not UTF-8

    private static readonly EnumerationOptions s_plain = new()
    {
        AttributesToSkip = 0,        // what is hidden is passed over below, where it is counted
        IgnoreInaccessible = false,
    };

    /// <summary>Lists the pictures.</summary>
    /// <exception cref="ImagingException">A folder cannot be read, or there is no picture at all.</exception>
    internal static FileTable Run(string root)
    {
        FileTable table = new();
        OtherFiles others = new();
        Visit(root, "", [], table, others);
        if (table.Count > 0)
        {
            table.Notes = [.. others.Notes()];
            return table;
        }
        string seen = others.Count == 0 ? "no other file either"
            : string.Join("; ", others.Notes().Prepend($"{others.Count:N0} other {(others.Count == 1 ? "file" : "files")}"));
        throw new ImagingException(ErrorIds.NoPictures,
            $"the folder holds no picture (JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF, JPEG XL or JPEG 2000, by its name), {seen}", root,
            "give the folder that holds the pictures; files whose name begins with a dot are passed over");
    }

    /// <summary>Whether a name ends as a picture's does, in upper or lower case.</summary>
    internal static bool IsPicture(ReadOnlySpan<char> name)
    {
        foreach (string extension in Extensions)
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    // `above`: where the folders that this one lies in really are
    private static void Visit(string root, string folder, string[] above, FileTable table, OtherFiles others)
    {
        string place = RealPath(Path.Combine(root, folder), above);
        if (above.Contains(place))
            return;
        if (above.Length > 0 && IsRun(Path.Combine(root, folder)))
            return;
        List<string> entries = Entries(Path.Combine(root, folder), others);
        int number = table.AddFolder(folder);
        foreach (string entry in entries)
        {
            if (entry[^1] == '/')
                Visit(root, folder.Length == 0 ? entry[..^1] : $"{folder}/{entry[..^1]}", [.. above, place], table, others);
            else
                table.Add(number, entry);
        }
    }

    /// <summary>Whether a folder is that of a training, by what one writes first into it.</summary>
    internal static bool IsRun(string folder) => File.Exists(Path.Combine(folder, "recipe.yaml"))
        && File.Exists(Path.Combine(folder, "environment.json"));

    private static string RealPath(string path, string[] above)
    {
        DirectoryInfo folder = new(path);
        return folder.LinkTarget is null && above.Length > 0
            ? Path.Combine(above[^1], folder.Name)
            : folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
    }

    // Folders carry their '/' while they are sorted, so that the order is that of whole paths: "a.jpg" before "a/b.jpg".
    private static List<string> Entries(string path, OtherFiles others)
    {
        List<string> entries = [];
        try
        {
            entries.AddRange(new FileSystemEnumerable<string?>(path, Name, s_plain).OfType<string>());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the folder cannot be read: {error.Message}", path,
                "make it readable, or move it away", error);
        }
        entries.Sort(string.CompareOrdinal);
        return entries;

        string? Name(ref FileSystemEntry entry)
        {
            if (entry.FileName[0] == '.')
            {
                // Macs write a file "._x.jpg" beside each x.jpg on other systems' disks, which is no picture
                if (!entry.IsDirectory && !entry.FileName.StartsWith("._") && IsPicture(entry.FileName))
                    others.AddHidden();
                return null;
            }
            if (entry.FileName.Contains(Unknown) && (entry.IsDirectory || IsPicture(entry.FileName)) && !Path.Exists(entry.ToFullPath()))
            {
                others.AddUnnamed(path);
                return null;
            }
            if (entry.IsDirectory)
                return $"{entry.FileName}/";
            if (IsPicture(entry.FileName))
            {
                if (RegularFile.Is(entry.ToFullPath()))
                    return entry.FileName.ToString();
                others.AddIrregular();
                return null;
            }
            others.Add(entry.FileName);
            return null;
        }
    }
}
