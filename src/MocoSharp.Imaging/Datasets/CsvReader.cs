using System.Text;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Reads comma-separated rows: fields may be quoted, with doubled quotes, commas and line breaks inside (RFC 4180).</summary>
internal static class CsvReader
{
    /// <summary>The rows with the line that each starts on, from 1. Empty lines are passed over.</summary>
    /// <exception cref="FormatException">A quote is not closed, or text follows a closing quote.</exception>
    internal static IEnumerable<(int Line, List<string> Fields)> Rows(string text)
    {
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1, start = 1;
        for (int at = text.StartsWith('\uFEFF') ? 1 : 0; at <= text.Length; at++)
        {
            char here = at < text.Length ? text[at] : '\n';
            if (here == '"' && field.Length == 0)
            {
                at = Quoted(text, at, field, ref line);
                continue;
            }
            if (here is not (',' or '\n' or '\r'))
            {
                field.Append(here);
                continue;
            }
            if (here == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
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

    /// <summary>Reads a quoted field and gives the place of its closing quote.</summary>
    private static int Quoted(string text, int open, StringBuilder field, ref int line)
    {
        int first = line;
        for (int at = open + 1; at < text.Length; at++)
        {
            line += text[at] == '\n' ? 1 : 0;
            if (text[at] != '"')
                field.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"')
                field.Append(text[at++]);
            else if (at + 1 == text.Length || text[at + 1] is ',' or '\n' or '\r')
                return at;
            else
                throw new FormatException($"line {line}: text follows a closing quote");
        }
        throw new FormatException($"line {first}: a quote is not closed");
    }
}
