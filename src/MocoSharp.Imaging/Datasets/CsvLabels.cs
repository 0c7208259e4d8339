namespace MocoSharp.Imaging.Datasets;

/// <summary>Labels from a CSV file: one row a picture, classes in ordinal order of their names.</summary>
internal sealed class CsvLabels
{
    private readonly string _path;
    private readonly Dictionary<string, (string Label, int Line)> _rows;

    private CsvLabels(string path, Dictionary<string, (string Label, int Line)> rows) => (_path, _rows) = (path, rows);

    /// <summary>Reads the file.</summary>
    /// <exception cref="ImagingException">It cannot be read, lacks a column, or names a file twice.</exception>
    internal static CsvLabels Read(string path) => new(path, LabelRows.Read(path).ToDictionary(static row => row.File,
        static row => (row.Label, row.Line), StringComparer.Ordinal));

    /// <summary>The labels of a folder's files; −1 for a file without a row or with an empty label.</summary>
    /// <param name="files">The files.</param>
    /// <param name="root">Their folder.</param>
    /// <param name="split">What the CSV file puts before their paths: "train/" when the rows are about the folder above. Other rows are not
    /// looked at.</param>
    /// <exception cref="ImagingException">A row names a file that is not there.</exception>
    internal LabelTable For(FileTable files, string root, string split)
    {
        string[] names = new string[files.Count];
        HashSet<string> found = new(StringComparer.Ordinal);
        List<int> without = [];
        for (int i = 0; i < names.Length; i++)
            if (_rows.TryGetValue(split + files.PathOf(i), out (string Label, int Line) row))
            {
                found.Add(split + files.PathOf(i));
                names[i] = row.Label;
            }
            else
            {
                without.Add(i);
            }
        foreach ((int file, string name) in LookAlikes(files, split, without, found))
        {
            found.Add(name);
            names[file] = _rows[name].Label;
        }
        string[] unknown = [.. _rows.Keys.Where(file => file.StartsWith(split, StringComparison.Ordinal) && !found.Contains(file))];
        if (unknown.Length > 0)
            throw Unknown(unknown, root, split);
        if (found.Count == 0)
            return LabelTable.Unlabeled;

        string[] classes = [.. names.Where(name => !string.IsNullOrEmpty(name)).Distinct().Order(StringComparer.Ordinal)];
        int unfilled = found.Count(name => _rows[name].Label.Length == 0);
        return new LabelTable(classes,
            [.. names.Select(name => string.IsNullOrEmpty(name) ? -1 : Array.BinarySearch(classes, name, StringComparer.Ordinal))])
        {
            Unfilled = unfilled == 0 ? null : $"{unfilled:N0} of the {found.Count:N0} pictures that {_path} names "
                + $"{(unfilled == 1 ? "has" : "have")} no label yet",
        };
    }

    /// <summary>Files without a row that look like the name of one which no file has: written in other code points.</summary>
    private IEnumerable<(int File, string Name)> LookAlikes(FileTable files, string split, List<int> without, HashSet<string> found)
    {
        Dictionary<string, string> left = [];
        foreach (string name in _rows.Keys)
            if (!found.Contains(name) && name.StartsWith(split, StringComparison.Ordinal)) left.TryAdd(CanonicalForm.Of(name), name);
        if (left.Count == 0)
            yield break;
        foreach (int file in without)
            if (left.TryGetValue(CanonicalForm.Of(split + files.PathOf(file)), out string? name)) yield return (file, name);
    }

    private ImagingException Unknown(string[] unknown, string root, string split)
    {
        string[] there = [.. unknown.Where(name => File.Exists(Path.Combine(root, name[split.Length..])))];
        static string Counted(string[] names, string one, string many) => $"{names.Length:N0} {(names.Length == 1 ? one : many)}";
        string Named(string[] names) => $"{names[0]} (line {_rows[names[0]].Line})";
        string first = $"first {Named(there.Length == 0 ? unknown : there)}";
        return there.Length == 0
            ? new ImagingException(ErrorIds.UnknownLabeledFile,
                $"{Counted(unknown, "labeled picture is not", "labeled pictures are not")} there, {first}", _path,
                "write paths below the data set's folder, with '/' between folders")
            : new ImagingException(ErrorIds.UnknownLabeledFile, Counted(there, "labeled file is there and is not a picture that is read",
                "labeled files are there and are not pictures that are read") + $", {first}", _path,
                "convert them to PNG or JPEG and name those, or leave their rows out");
    }
}
