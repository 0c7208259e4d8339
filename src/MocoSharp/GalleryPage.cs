using System.Net;
using System.Text;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp;

/// <summary>A page of pictures that needs no other file.</summary>
internal sealed class GalleryPage
{
    private const int Quality = 80;

    private readonly StringBuilder _page = new();

    internal GalleryPage(string title) => _page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .Append(WebUtility.HtmlEncode(title)).Append("</title><style>\n"
            + "body{font:14px sans-serif;margin:2em}section{border-top:1px solid #ccc;padding:1em 0}"
            + "figure{display:inline-block;margin:0 1em 1em 0;vertical-align:top;max-width:14em;overflow-wrap:anywhere}"
            + "td{padding:0 1em 0 0}</style></head><body>\n");

    internal void Heading(int level, string text) => Element($"h{level}", text);

    internal void Paragraph(string text) => Element("p", text);

    internal void BeginSection() => _page.Append("<section>\n");

    internal void EndSection() => _page.Append("</section>\n");

    internal void Break() => _page.Append("<br>\n");

    /// <summary>A picture with lines below it.</summary>
    /// <param name="image">Null where it cannot be shown: then the lines stand alone.</param>
    /// <param name="lines">Plain text.</param>
    internal void Figure(Image? image, params IEnumerable<string> lines)
    {
        _page.Append("<figure>");
        if (image is not null)
            _page.Append("<img alt=\"\" src=\"data:image/jpeg;base64,").Append(Convert.ToBase64String(ImageEncoder.Jpeg(
                Thumbnail.Of(image, ContactSheet.DefaultTile), Quality))).Append("\">");
        _page.Append("<figcaption>").AppendJoin("<br>", lines.Select(WebUtility.HtmlEncode)).Append("</figcaption></figure>\n");
    }

    /// <summary>A table without a head.</summary>
    internal void Table(IEnumerable<IReadOnlyList<string>> rows)
    {
        _page.Append("<table>\n");
        foreach (IReadOnlyList<string> row in rows)
            _page.Append("<tr><td>").AppendJoin("</td><td>", row.Select(WebUtility.HtmlEncode)).Append("</td></tr>\n");
        _page.Append("</table>");
    }

    internal string End() => _page.Append("</body></html>\n").ToString();

    private void Element(string name, string text) =>
        _page.Append('<').Append(name).Append('>').Append(WebUtility.HtmlEncode(text)).Append("</").Append(name).Append(">\n");
}
