using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>What a table says of its rows beside their numbers.</summary>
/// <param name="Names">[N]; null where it has none.</param>
/// <param name="Labels">[N], null where a row has none; null where no row has one.</param>
/// <param name="Readable">[N]: whether a row's picture could be read; null where that is not told.</param>
internal sealed record RowTexts(IReadOnlyList<string>? Names, IReadOnlyList<string?>? Labels, IReadOnlyList<bool>? Readable)
{
    internal static RowTexts None { get; } = new(null, null, null);
}

/// <summary><c>FILE.names.csv</c>: names, labels and whether each picture could be read, for formats that hold numbers alone.</summary>
internal static class NamesFile
{
    internal const string Name = "name", Label = "label", Readable = "readable", Yes = "true", No = "false";

    private static readonly string[] s_names = [Name, "file", "filename", "path"], s_labels = [Label, "class"];

    /// <summary>The file that belongs to one of numbers.</summary>
    internal static string Of(string path) => path + ".names.csv";

    /// <summary>What to do where a file of embeddings has no names.</summary>
    internal static string HowToName(string path) => EmbeddingFormats.Of(path) is EmbeddingFormat.Npy or EmbeddingFormat.Safetensors
        ? $"write the names, in the order of the rows, as the column 'name' of {CommandText.Quoted(Of(path))}"
        : "write it anew with a column 'name'";

    /// <summary>The place of the column that holds names, or labels; −1 where there is none.</summary>
    internal static (int Name, int Label, int Readable) Columns(IReadOnlyList<string> header) =>
        (Find(header, s_names), Find(header, s_labels), Find(header, [Readable]));

    internal static void Write(string path, EmbeddedTable table)
    {
        using StreamWriter writer = new(path) { NewLine = "\n" };
        writer.WriteLine($"{Name},{Label},{Readable}");
        for (int row = 0; row < table.Count; row++)
            writer.WriteLine($"{Csv.Field(table.Name(row))},{Csv.Field(table.Label(row) ?? "")},{(table.IsReadable(row) ? Yes : No)}");
    }

    /// <summary>Reads the file beside one of numbers, where it is there.</summary>
    /// <exception cref="MocoException">MS5101: it has another number of rows, or cannot be understood.</exception>
    internal static RowTexts ReadBeside(string numbers, int rows)
    {
        string path = Of(numbers);
        if (!File.Exists(path)) return RowTexts.None;
        try
        {
            RowTexts texts = new FileInfo(path).Length == 0 ? RowTexts.None : Read(path);
            int count = texts.Names?.Count ?? 0;
            return count == rows ? texts : throw EmbeddingErrors.Unreadable(path,
                $"it names {count:N0} rows, and {Path.GetFileName(numbers)} has {rows:N0}",
                "take the two files that were written together, or move this one away: rows then have no names");
        }
        catch (FormatException error)
        {
            throw EmbeddingErrors.Unreadable(path, $"the names cannot be read: {error.Message}", inner: error);
        }
    }

    private static RowTexts Read(string path)
    {
        using StreamReader reader = new(path);
        List<string> names = [];
        List<string?> labels = [];
        List<bool> readable = [];
        (int Name, int Label, int Readable)? columns = null;
        foreach ((int line, List<string> fields) in Csv.Rows(reader))
        {
            if (columns is not { } at)
            {
                columns = Columns(fields);
                if (columns.Value.Name < 0)
                    throw EmbeddingErrors.Unreadable(path, $"its header is '{string.Join(',', fields)}', without a column 'name'",
                        "name the column that tells rows apart 'name'");
                continue;
            }
            if (fields.Count <= Math.Max(at.Name, Math.Max(at.Label, at.Readable)))
                throw new FormatException($"line {line}: {fields.Count} fields, fewer than the header has");
            names.Add(fields[at.Name]);
            labels.Add(at.Label >= 0 && fields[at.Label].Length > 0 ? fields[at.Label] : null);
            readable.Add(at.Readable < 0 || fields[at.Readable] != No);
        }
        return new RowTexts(names, labels.Exists(static label => label is not null) ? labels : null,
            columns?.Readable >= 0 ? readable : null);
    }

    private static int Find(IReadOnlyList<string> header, string[] names) => names
        .Select(name => header.Index().Where(item => item.Item.Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(static item => item.Index).FirstOrDefault(-1)).FirstOrDefault(static at => at >= 0, -1);
}
