using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace MocoSharp.Reports.Html;

/// <summary>Writes elements. All text and all values of attributes are escaped here and nowhere else.</summary>
internal sealed class HtmlWriter
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>Text that is HTML already: a style sheet, a document's head.</summary>
    internal void Raw(string html) => _text.Append(html);

    internal void Text(string text) => _text.Append(s_encoder.Encode(text));

    /// <summary>An element with content.</summary>
    internal void In(string tag, Action content, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Open(tag, attributes);
        content();
        _text.Append("</").Append(tag).Append(">\n");
    }

    /// <summary>An element with text.</summary>
    internal void Element(string tag, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Open(tag, attributes);
        Text(text);
        _text.Append("</").Append(tag).Append('>');
    }

    /// <summary>An element without content.</summary>
    internal void Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append('<').Append(tag);
        foreach ((string name, string? value) in attributes)
            if (value is not null) _text.Append(' ').Append(name).Append("=\"").Append(s_encoder.Encode(value)).Append('"');
        _text.Append('>');
    }

    /// <summary>A picture that is part of the page.</summary>
    internal void Picture(ReportPicture picture, string? kind = null) => Open("img",
        ("src", $"data:{picture.MediaType};base64,{Convert.ToBase64String(picture.File)}"), ("alt", picture.Description),
        ("width", picture.Width.ToString(CultureInfo.InvariantCulture)), ("height", picture.Height.ToString(CultureInfo.InvariantCulture)),
        ("class", kind));

    /// <summary>A table that scrolls where it is wider than its place.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Headings, and whether numbers stand below them.</param>
    /// <param name="rows">A cell a column; the first is the row's heading.</param>
    /// <param name="marked">Whether a cell is marked as the best of its row; null for none.</param>
    internal void Table(string caption, IReadOnlyList<(string Heading, bool IsNumber)> columns, IEnumerable<IReadOnlyList<string>> rows,
        Func<int, int, bool>? marked = null)
    {
        In("div", () => In("table", () =>
        {
            Element("caption", caption);
            In("thead", () => In("tr", () =>
            {
                foreach ((string heading, bool isNumber) in columns)
                    Element("th", heading, ("scope", "col"), ("class", isNumber ? "number" : null));
            }));
            In("tbody", () =>
            {
                foreach ((int at, IReadOnlyList<string> row) in rows.Index()) In("tr", () => Row(row, columns, at, marked));
            });
        }), ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption));
    }

    private void Row(IReadOnlyList<string> row, IReadOnlyList<(string Heading, bool IsNumber)> columns, int at,
        Func<int, int, bool>? marked)
    {
        foreach ((int column, string cell) in row.Index())
        {
            string? kind = columns[column].IsNumber ? "number" : null;
            if (column == 0) Element("th", cell, ("scope", "row"), ("class", kind));
            else if (marked?.Invoke(at, column) == true)
                In("td", () => Element("strong", cell), ("class", $"{kind} best".Trim()));
            else Element("td", cell, ("class", kind));
        }
    }
}
