using System.Text;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Comma-separated rows: fields may be quoted, with doubled quotes, commas and line breaks inside (RFC 4180).</summary>
public static class Csv
{
    private const int End = -1;

    /// <summary>The rows with the line that each starts on, from 1. Empty lines are passed over. Memory holds one row.</summary>
    /// <param name="text">Read to its end.</param>
    /// <exception cref="FormatException">A quote is not closed, or text follows a closing quote.</exception>
    public static IEnumerable<(int Line, List<string> Fields)> Rows(TextReader text)
    {
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1, start = 1;
        if (text.Peek() == '\uFEFF') text.Read();
        for (int here = 0; here != End;)
        {
            here = text.Read();
            if (here == '"' && field.Length == 0)
            {
                ReadQuoted(text, field, ref line);
                continue;
            }
            if (here is not (',' or '\n' or '\r' or End))
            {
                field.Append((char)here);
                continue;
            }
            if (here == '\r' && text.Peek() == '\n')
                continue;                                                     // the line ends at the next character
            fields.Add(field.ToString());
            field.Clear();
            if (here == ',')
                continue;
            if (fields.Count > 1 || fields[0].Length > 0)
                yield return (start, fields);
            fields = [];
            start = ++line;
        }
    }

    /// <summary>A text as one field: in quotes where it holds a comma, a quote or a line break.</summary>
    /// <param name="text">Any text.</param>
    public static string Field(string text) => text.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    /// <summary>Reads behind an opening quote to the closing one.</summary>
    private static void ReadQuoted(TextReader text, StringBuilder field, ref int line)
    {
        int first = line;
        while (text.Read() is >= 0 and int here)
        {
            line += here == '\n' ? 1 : 0;
            if (here != '"')
                field.Append((char)here);
            else if (text.Peek() == '"')
                field.Append((char)text.Read());
            else if (text.Peek() is End or ',' or '\n' or '\r')
                return;
            else
                throw new FormatException($"line {line}: text follows a closing quote");
        }
        throw new FormatException($"line {first}: a quote is not closed");
    }
}
