namespace MocoSharp.Imaging.Datasets;

/// <summary>A row of a file of labels.</summary>
/// <param name="File">The picture's path below its data set, with '/' between folders.</param>
/// <param name="Label">Its class; empty where it has none yet.</param>
/// <param name="Line">Where the row is, from 1.</param>
public sealed record LabelRow(string File, string Label, int Line);

/// <summary>Files of labels: comma-separated values with the columns <c>file</c> and <c>label</c>; other columns are passed over.</summary>
public static class LabelRows
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>One row or more, in the order of the file, each picture once.</returns>
    /// <exception cref="ImagingException">MS3024: it cannot be read, lacks a column, has no row, or names a picture twice.</exception>
    public static IReadOnlyList<LabelRow> Read(string path)
    {
        try
        {
            List<LabelRow> rows = [];
            HashSet<string> seen = new(StringComparer.Ordinal);
            int file = -1, label = -1;
            using StreamReader reader = new(path);
            foreach ((int line, List<string> fields) in Csv.Rows(reader))
            {
                if (file < 0)
                {
                    (file, label) = (fields.IndexOf("file"), fields.IndexOf("label"));
                    if (file < 0 || label < 0)
                        throw new FormatException(
                            $"line {line}: the header is '{string.Join(',', fields)}', without a column 'file' or 'label'");
                    continue;
                }
                if (fields.Count <= Math.Max(file, label))
                    throw new FormatException($"line {line}: {fields.Count} fields, fewer than the header has");
                if (!seen.Add(Plain(fields[file])))
                    throw new FormatException($"line {line}: {fields[file]} has a row already");
                rows.Add(new LabelRow(Plain(fields[file]), fields[label], line));
            }
            return rows.Count > 0 ? rows : throw new FormatException("there is no row below a header 'file,label'");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImagingException(ErrorIds.BadLabelFile, "there is no such file of labels", path,
                "check the path; it is relative to the current folder", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ImagingException(ErrorIds.BadLabelFile, $"the labels cannot be read: {error.Message}", path,
                "write one row 'file,label' a picture below a header with these names", error);
        }
    }

    private static string Plain(string file)
    {
        file = file.Replace('\\', '/');
        return file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
    }
}
