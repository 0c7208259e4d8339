namespace MocoSharp.Reports.Html;

/// <summary>What all pages share. A page is one file: it loads nothing, and runs no script.</summary>
internal static class PageFrame
{
    // a browser that obeys it lets no request leave the page
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private static readonly string s_style = Style();

    /// <summary>A whole page.</summary>
    /// <param name="title">The page's.</param>
    /// <param name="body">What stands on it.</param>
    internal static string Of(string title, Action<HtmlWriter> body)
    {
        HtmlWriter html = new();
        html.Raw("<!DOCTYPE html>\n");
        html.In("html", () =>
        {
            html.In("head", () =>
            {
                html.Open("meta", ("charset", "utf-8"));
                html.Open("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
                html.Open("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                html.Open("link", ("rel", "icon"), ("href", "data:,"));
                html.Element("title", title);
                html.In("style", () => html.Raw(s_style));
            });
            html.In("body", () => html.In("main", () => body(html)));
        }, ("lang", "en"));
        return html.ToString();
    }

    /// <summary>A part of a page with a heading, to which the page's list of parts leads.</summary>
    internal static void Section(HtmlWriter html, string id, string heading, Action content) => html.In("section", () =>
    {
        html.Element("h2", heading, ("id", $"{id}-heading"));
        content();
    }, ("id", id), ("aria-labelledby", $"{id}-heading"));

    /// <summary>The list of a page's parts.</summary>
    internal static void Contents(HtmlWriter html, IEnumerable<(string Id, string Heading)> parts) => html.In("nav", () =>
        html.In("ul", () =>
        {
            foreach ((string id, string heading) in parts)
                html.In("li", () => html.Element("a", heading, ("href", $"#{id}")));
        }), ("aria-label", "Contents"));

    /// <summary>Figures that come first.</summary>
    internal static void Figures(HtmlWriter html, IEnumerable<(string Name, string Value, string Note)> figures) => html.In("dl", () =>
    {
        foreach ((string name, string value, string note) in figures)
            html.In("div", () =>
            {
                html.Element("dt", name);
                html.In("dd", () =>
                {
                    html.Text(value);
                    html.Element("small", note);
                });
            });
    }, ("class", "figures"));

    /// <summary>Sentences that people should read.</summary>
    internal static void Notice(HtmlWriter html, string heading, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0) return;
        html.In("section", () =>
        {
            html.Element("h2", heading);
            html.In("ul", () =>
            {
                foreach (string sentence in sentences) html.Element("li", sentence);
            });
        }, ("class", "notice"), ("aria-label", heading));
    }

    private static string Style()
    {
        using Stream stream = typeof(PageFrame).Assembly.GetManifestResourceStream("style.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
