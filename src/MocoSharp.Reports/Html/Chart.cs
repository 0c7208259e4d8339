using System.Globalization;
using System.Text;

namespace MocoSharp.Reports.Html;

/// <summary>A chart that is part of a page: its colors are the page's, so that it is light or dark with it.</summary>
/// <param name="html">The page.</param>
internal sealed class Chart(HtmlWriter html)
{
    private const double Width = 420, Height = 236, Left = 52, Right = 408, Top = 12, Bottom = 200;
    private const int MostColors = 8, MostMarkers = 40;

    /// <summary>Curves over epochs.</summary>
    internal void Curve(ReportCurve curve)
    {
        IEnumerable<double> values = curve.Series.SelectMany(static series => series.Y);
        Axis x = Axis.Of(curve.Series.SelectMany(static series => series.X).Append(0), Left, Right, room: 0),
            y = Axis.Of(curve.Level is { } level ? values.Append(level) : values, Bottom, Top);
        string unit = curve.Unit.Length == 0 ? "" : $", {curve.Unit}";
        string[] legend = curve.Series.Count > 1 ? [.. curve.Series.Select(static one => one.Name)] : [];
        Figure($"{curve.Title}{unit}", Describe(curve), legend, () =>
        {
            Frame(x, y, "epochs", wholeX: x.High - x.Low >= 4);
            if (curve.Level is { } shown)
            {
                double place = y.Place(shown);
                Line("level", Left, place, Right, place);
                Words("note end", Right, place < Top + 14 ? place + 13 : place - 5, $"{curve.LevelName} {Number(shown)}");
            }
            foreach ((int at, CurveSeries series) in curve.Series.Index()) Draw(series, x, y, at % MostColors);
        });
    }

    /// <summary>Two histograms of cosines over each other, each as a share of its own count.</summary>
    internal void Histogram(string title, string description, IReadOnlyList<(string Name, Evaluation.SimilarityHistogram Values)> both)
    {
        Axis x = new(LowestOf(both.Select(static one => one.Values)), 1, Left, Right);
        double[][] shares = [.. both.Select(static one => one.Values.Bins.Select(bin => 100.0 * bin / one.Values.Count).ToArray())];
        Axis y = Axis.Of(shares.SelectMany(static one => one), Bottom, Top, fromZero: true);
        Figure(title, description, [.. both.Select(static one => one.Name)], () =>
        {
            Frame(x, y, "cosine", wholeX: false);
            foreach ((int at, double[] share) in shares.Index())
            {
                StringBuilder path = new();
                path.Append(CultureInfo.InvariantCulture, $"M{x.Place(x.Low):0.#} {Bottom}");
                for (int bin = 0; bin < share.Length; bin++)
                {
                    double from = -1 + 2.0 * bin / share.Length, to = -1 + 2.0 * (bin + 1) / share.Length;
                    if (to <= x.Low) continue;
                    path.Append(CultureInfo.InvariantCulture, $"L{x.Place(from):0.#} {y.Place(share[bin]):0.#}");
                    path.Append(CultureInfo.InvariantCulture, $"L{x.Place(to):0.#} {y.Place(share[bin]):0.#}");
                }
                path.Append(CultureInfo.InvariantCulture, $"L{Right} {Bottom}Z");
                html.Open("path", ("class", $"area s{at}"), ("d", path.ToString()));
                html.Raw("</path>");
            }
        });
    }

    /// <summary>Curves over a rank, each step of the vertical axis a factor of ten.</summary>
    internal void Spectrum(string title, string description, IReadOnlyList<CurveSeries> series)
    {
        Axis x = Axis.Of(series.SelectMany(static one => one.X).Append(0), Left, Right, room: 0);
        double most = series.Max(static one => one.Y.Max());
        Axis y = Axis.Of(series.SelectMany(static one => one.Y).Where(value => value > 1e-5 * most), Bottom, Top, isLog: true);
        Figure(title, description, [.. series.Select(static one => one.Name)], () =>
        {
            Frame(x, y, "direction, the strongest first", wholeX: true);
            foreach ((int at, CurveSeries one) in series.Index()) Draw(one, x, y, at);
        });
    }

    private static double LowestOf(IEnumerable<Evaluation.SimilarityHistogram> histograms)
    {
        int first = histograms.Min(static one => one.Bins.Index().First(static bin => bin.Item > 0).Index),
            bins = histograms.First().Bins.Count;
        return Math.Floor((-1 + 2.0 * first / bins) * 5) / 5;
    }

    private void Figure(string title, string description, string[] legend, Action draw) => html.In("figure", () =>
    {
        html.In("figcaption", () =>
        {
            html.Element("strong", title);
            if (legend.Length == 0) return;
            html.In("ul", () =>
            {
                foreach ((int at, string name) in legend.Index()) html.Element("li", name, ("class", $"s{at % MostColors}"));
            }, ("class", "legend"));
        });
        html.In("svg", draw, ("viewBox", $"0 0 {Number(Width)} {Number(Height)}"), ("role", "img"),
            ("aria-label", $"{title}. {description}"));
    }, ("class", "chart"));

    private void Frame(Axis x, Axis y, string below, bool wholeX)
    {
        foreach ((double value, string words) in y.Ticks(4))
        {
            double place = y.Place(value);
            Line("grid", Left, place, Right, place);
            Words("tick end", Left - 7, place + 4, words);
        }
        Line("axis", Left, Bottom, Right, Bottom);
        foreach ((double value, string words) in x.Ticks(5, wholeX))
            Words($"tick {(x.Place(value) > Right - 8 ? "end" : "middle")}", Math.Min(x.Place(value), Right), Bottom + 17, words);
        Words("tick middle", (Left + Right) / 2, Height - 3, below);
    }

    private void Draw(CurveSeries series, Axis x, Axis y, int color)
    {
        if (series.X.Count > 1)
        {
            StringBuilder points = new();
            foreach ((double at, double value) in series.X.Zip(series.Y))
                points.Append(CultureInfo.InvariantCulture, $"{x.Place(at):0.##},{y.Place(value):0.##} ");
            html.Open("polyline", ("class", $"line s{color}"), ("points", points.ToString().TrimEnd()));
            html.Raw("</polyline>");
        }
        if (series.X.Count > MostMarkers) return;
        foreach ((double at, double value) in series.X.Zip(series.Y))
        {
            html.In("circle", () => html.Element("title", $"{series.Name}: {Number(value)} at {Number(at)}"), ("class", $"dot s{color}"),
                ("cx", Number(x.Place(at))), ("cy", Number(y.Place(value))), ("r", "3"));
        }
    }

    private void Line(string kind, double x1, double y1, double x2, double y2)
    {
        html.Open("line", ("class", kind), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));
        html.Raw("</line>");
    }

    private void Words(string kind, double x, double y, string words) =>
        html.Element("text", words, ("class", kind), ("x", Number(x)), ("y", Number(y)));

    private static string Describe(ReportCurve curve) => string.Join(" ", curve.Series.Select(series =>
        $"{series.Name}: {Number(series.Y[0])} first, {Number(series.Y[^1])} last, between {Number(series.Y.Min())} and "
        + $"{Number(series.Y.Max())}.")) + (curve.Level is { } level ? $" {curve.LevelName} is {Number(level)}." : "");

    private static string Number(double value) => value != 0 && Math.Abs(value) < 0.01
        ? value.ToString("0.###e+0", CultureInfo.InvariantCulture) : value.ToString("0.##", CultureInfo.InvariantCulture);
}
