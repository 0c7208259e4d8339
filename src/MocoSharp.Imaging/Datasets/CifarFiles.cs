namespace MocoSharp.Imaging.Datasets;

/// <summary>What tells the two CIFAR data sets apart.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Classes">How many classes it has.</param>
/// <param name="LabelBytes">Bytes before a record's samples; the last is the label that is used.</param>
/// <param name="NamesFile">The text file beside the data that names the classes, one a line.</param>
internal sealed record CifarKind(string Name, int Classes, int LabelBytes, string NamesFile)
{
    internal static CifarKind Ten { get; } = new("CIFAR-10", 10, 1, "batches.meta.txt");

    internal static CifarKind Hundred { get; } = new("CIFAR-100", 100, 2, "fine_label_names.txt");
}

/// <summary>Finds CIFAR's binary files by their names.</summary>
internal static class CifarFiles
{
    /// <summary>The folder's files to train on and to test on, in ordinal order; no kind when there are none.</summary>
    internal static (CifarKind? Kind, string[] Train, string[] Test) In(string folder)
    {
        string[] batches = [.. Directory.EnumerateFiles(folder, "data_batch_*.bin").Order(StringComparer.Ordinal)];
        string[] tenTest = Existing(folder, "test_batch.bin"), train = Existing(folder, "train.bin"), test = Existing(folder, "test.bin");
        return batches.Length + tenTest.Length > 0 ? (CifarKind.Ten, batches, tenTest)
            : train.Length + test.Length > 0 ? (CifarKind.Hundred, train, test)
            : (null, [], []);
    }

    /// <summary>The kind of one file: by its name, or by its length when it has another name.</summary>
    /// <exception cref="ImagingException">The length fits neither.</exception>
    internal static CifarKind KindOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.StartsWith("data_batch_", StringComparison.Ordinal) || name == "test_batch.bin")
            return CifarKind.Ten;
        if (name is "train.bin" or "test.bin")
            return CifarKind.Hundred;
        long length = new FileInfo(path).Length;
        return length > 0 && length % 3073 == 0 ? CifarKind.Ten
            : length > 0 && length % 3074 == 0 ? CifarKind.Hundred
            : throw new ImagingException(
                ErrorIds.BadCifarLength, $"{length:N0} bytes are no whole number of CIFAR records (3,073 or 3,074 bytes)", path,
                "give a folder of pictures, an IDX file or a CIFAR binary file");
    }

    /// <summary>The classes' names from the file beside the data; their numbers when it is not there.</summary>
    /// <exception cref="ImagingException">It has the wrong number of lines.</exception>
    internal static string[] ClassNames(string data, CifarKind kind)
    {
        string path = Path.Join(Path.GetDirectoryName(Path.GetFullPath(data)), kind.NamesFile);
        if (!File.Exists(path))
            return LabelTable.Numbered(kind.Classes);
        string[] names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        int different = names.Distinct().Count();
        return names.Length == kind.Classes && different == kind.Classes ? names
            : throw new ImagingException(
                ErrorIds.BadCifarLabel, $"{kind.Name} has {kind.Classes} classes; the file names {different} in {names.Length} lines", path,
                "restore the file, or delete it to call classes by their numbers");
    }

    private static string[] Existing(string folder, string name) => File.Exists(Path.Join(folder, name)) ? [Path.Join(folder, name)] : [];
}
