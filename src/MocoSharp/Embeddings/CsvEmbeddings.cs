using System.Globalization;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>Embeddings as text: a line a picture, with a column for each number.</summary>
internal static class CsvEmbeddings
{
    internal static void Write(string path, EmbeddedTable table, int layer, CancellationToken cancel)
    {
        int dimensions = table.Layers[layer].Rows.Dimensions;
        using StreamWriter writer = new(path, append: false, new System.Text.UTF8Encoding(false), bufferSize: 1 << 16) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', [NamesFile.Name, NamesFile.Label,
            .. Enumerable.Range(0, dimensions).Select(static i => $"e{i.ToString(CultureInfo.InvariantCulture)}")]));
        table.ForEachRow(layer, (row, values) =>
        {
            writer.Write($"{Csv.Field(table.Name(row))},{Csv.Field(table.Label(row) ?? "")}");
            bool isThere = table.IsReadable(row);
            Span<char> text = stackalloc char[32];
            foreach (float value in values)
            {
                writer.Write(',');
                if (isThere && value.TryFormat(text, out int length, provider: CultureInfo.InvariantCulture)) writer.Write(text[..length]);
            }
            writer.Write('\n');
        }, cancel);
    }

    /// <summary>Reads a file: columns called name, file or path, label or class, and readable tell of the row; all others are its
    /// numbers.</summary>
    /// <exception cref="MocoException">MS5101: text stands where a number should, or rows differ in length.</exception>
    internal static EmbeddingsContent Read(string path)
    {
        try
        {
            using StreamReader reader = new(path);
            return Read(reader, path);
        }
        catch (FormatException error)
        {
            throw EmbeddingErrors.Unreadable(path, $"the rows cannot be read: {error.Message}", inner: error);
        }
    }

    private static EmbeddingsContent Read(TextReader reader, string path)
    {
        List<string> names = [];
        List<string?> labels = [];
        List<bool> readable = [];
        int here = 0;
        MemoryRows rows = new(path, _ => $"line {here}");
        List<string>? header = null;
        (int name, int label, int isReadable) = (-1, -1, -1);
        int[] numbers = [];
        float[] values = [];
        foreach ((int line, List<string> fields) in Csv.Rows(reader))
        {
            here = line;
            if (header is null)
            {
                bool isHeader = fields.Exists(static field => !TryNumber(field, out _));
                header = isHeader ? fields : [.. fields.Select(static (_, i) => $"{i + 1}")];
                (name, label, isReadable) = NamesFile.Columns(header);
                numbers = [.. Enumerable.Range(0, header.Count).Except([name, label, isReadable])];
                values = new float[numbers.Length];
                if (isHeader) continue;
            }
            if (fields.Count != header.Count)
                throw new FormatException($"line {line} has {fields.Count} fields, and the first has {header.Count}");
            if (name >= 0) names.Add(fields[name]);
            labels.Add(label >= 0 && fields[label].Length > 0 ? fields[label] : null);
            readable.Add(isReadable < 0 || fields[isReadable] != NamesFile.No);
            rows.Add(numbers.All(at => fields[at].Length == 0) ? [] : Parsed(fields, numbers, header, values, line, path));
        }
        return new EmbeddingsContent(rows, new RowTexts(name >= 0 ? names : null,
            labels.Exists(static label => label is not null) ? labels : null, readable));
    }

    private static float[] Parsed(List<string> fields, int[] numbers, List<string> header, float[] values, int line, string path)
    {
        for (int i = 0; i < values.Length; i++)
            if (!TryNumber(fields[numbers[i]], out values[i]))
                throw EmbeddingErrors.Unreadable(path,
                    $"line {line}, column '{header[numbers[i]]}' is '{fields[numbers[i]]}', and embeddings are numbers",
                    "remove the column, or call it 'name' or 'label' if it is one");
        return values;
    }

    private static bool TryNumber(string text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
