namespace MocoSharp.Imaging.Datasets;

/// <summary>Finds IDX files by MNIST's names: …train-images-idx3-ubyte, …t10k-labels-idx1-ubyte, each with or without .gz.</summary>
internal static class IdxFiles
{
    /// <summary>The labels' file that belongs to a file of pictures; null when there is none.</summary>
    internal static string? LabelsBeside(string images)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(images))!;
        string plain = WithoutGz(Path.GetFileName(images));
        string labels = plain.Replace("images", "labels", StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal);
        string[] choices = [Path.Join(folder, labels), Path.Join(folder, labels + ".gz")];
        return labels == plain ? null : choices.FirstOrDefault(File.Exists);
    }

    /// <summary>The folder's files of pictures to train on and to test on; null where there is none.</summary>
    /// <exception cref="ImagingException">There are several to choose from.</exception>
    internal static (string? Train, string? Test) In(string folder)
    {
        string[] images = [.. Directory.EnumerateFiles(folder, "*images*idx3*")
            .Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.')).Order(StringComparer.Ordinal)];
        string[] tests = [.. images.Where(path => Path.GetFileName(path) is { } name && (name.Contains("t10k", StringComparison.Ordinal)
            || name.Contains("test", StringComparison.Ordinal)))];
        return (Only(images.Except(tests), folder), Only(tests, folder));
    }

    private static string? Only(IEnumerable<string> paths, string folder)
    {
        // The order puts an unpacked file before its packed twin.
        string[] distinct = [.. paths.DistinctBy(WithoutGz)];
        return distinct.Length > 1
            ? throw new ImagingException(ErrorIds.UnreadableDataSet,
                $"the folder holds several IDX data sets: {string.Join(", ", distinct.Select(Path.GetFileName))}", folder,
                "give one of these files")
            : distinct.FirstOrDefault();
    }

    private static string WithoutGz(string path) => path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
}
