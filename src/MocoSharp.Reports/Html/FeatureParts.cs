using MocoSharp.Evaluation;

namespace MocoSharp.Reports.Html;

/// <summary>What a page says of features: how they lie, the map, and neighbors.</summary>
internal sealed class FeatureParts(HtmlWriter html, ReportFeatures features)
{
    internal void Geometry()
    {
        string which = features.AreOfTest ? "test pictures, from which nothing was learned" : "pictures that the run learned from";
        string unreadable = features.Unreadable == 0 ? "" : $" {Words.Plural(features.Unreadable, "picture")} could not be read.";
        html.Element("p", $"Looked at {Words.Count(features.Pictures)} of {Words.Count(features.Available)} {which}.{unreadable}");
        foreach (FeatureGeometry geometry in features.Geometry)
            html.In("p", () =>
            {
                html.Element("strong", $"{Verdicts.NameOf(geometry)}. ");
                html.Text(Verdicts.Of(geometry));
            });
        Table();
        Chart chart = new(html);
        html.In("div", () =>
        {
            foreach (FeatureGeometry geometry in features.Geometry)
                chart.Histogram($"{Verdicts.NameOf(geometry)}: how alike, % of pairs",
                    $"Two views of a picture have a mean cosine of {Words.Fixed(geometry.Positives.Mean)}, different pictures one of "
                    + $"{Words.Fixed(geometry.Negatives.Mean)}.",
                    [("two views of a picture", geometry.Positives), ("different pictures", geometry.Negatives)]);
            chart.Spectrum("Spectrum: share of each direction", "Singular values of the features as shares of their sum, falling.",
                [.. features.Geometry.Select(static geometry => new CurveSeries(Verdicts.NameOf(geometry),
                    [.. Enumerable.Range(1, geometry.SingularValues.Count).Select(static at => (double)at)], geometry.SingularValues))]);
        }, ("class", "charts"));
        html.Element("p", "Alignment is the mean squared distance of two views of a picture on the unit sphere: 0 when they meet. "
            + "Uniformity is the log of the mean of exp(−2 d²) over pairs of pictures at distance d: the lower, the more evenly they are "
            + "spread (Wang and Isola 2020). The effective rank counts the directions in which features differ (RankMe, Garrido et al. "
            + $"2023). Below {Words.Share(FeatureGeometry.DimensionalLimit)} of the largest possible rank this page speaks of dimensional "
            + $"collapse, above a mean cosine of {Words.Fixed(FeatureGeometry.CompleteLimit)} of complete collapse. These limits are "
            + "conventions, and the figures depend on the pictures and on their number: compare runs on the same ones.",
            ("class", "source"));
    }

    private void Table() => html.Table("How features lie on the unit sphere",
        [("figure", false), .. features.Geometry.Select(static geometry => (Verdicts.NameOf(geometry), true))],
        [
            Row("alignment", static one => Words.Fixed(one.Alignment, 3)),
            Row("uniformity", static one => Words.Fixed(one.Uniformity, 3)),
            Row("mean cosine of two views of a picture", static one => Words.Fixed(one.Positives.Mean, 3)),
            Row("mean cosine of different pictures", static one => Words.Fixed(one.Negatives.Mean, 3)),
            Row("two views are more alike than two pictures", static one => Words.Percent(100 * one.Separation)),
            Row("effective rank", static one => Words.Fixed(one.EffectiveRank, 1)),
            Row("largest possible rank", static one => Words.Count(one.LargestRank)),
            Row("dimensions", static one => Words.Count(one.Dimensions)),
        ]);

    private IReadOnlyList<string> Row(string name, Func<FeatureGeometry, string> value) => [name, .. features.Geometry.Select(value)];

    internal void Map(ReportMap map)
    {
        string quality = map.Quality is { } measured
            ? $" Trustworthiness is {Words.Fixed(measured.Trustworthiness, 3)} (1: all that is near on the map is near for the encoder), "
            + $"and {Words.Share(measured.NeighborsKept)} of the {measured.Neighbors} nearest are kept."
            : "";
        html.Element("p", $"What lies together is what the encoder takes for alike.{quality}");
        foreach (string note in map.Notes) html.Element("p", $"Note: {note}.", ("class", "source"));
        html.Picture(map.Picture, "sheet");
        if (map.Clusters.Count == 0) return;
        html.Table("Groups that lie densely", [("cluster", true), ("pictures", true), ("most are", false), ("exemplar", false)],
            map.Clusters.OrderByDescending(static cluster => cluster.Size).Select(static cluster => (IReadOnlyList<string>)
            [
                Words.Count(cluster.Cluster), Words.Count(cluster.Size),
                cluster.Label is null ? "" : $"{cluster.Label} ({Words.Share(cluster.Share)})", cluster.Exemplar,
            ]));
    }

    internal void Neighbors()
    {
        bool isLabeled = features.Neighbors.Any(static one => one.Query.Label is not null);
        html.Element("p", "Some pictures, framed, and those among the same pictures that the encoder takes for most alike, with their "
            + "cosines."
            + (isLabeled ? " A tick says that the class is the same." : ""));
        html.In("ul", () =>
        {
            foreach (ReportNeighbors one in features.Neighbors)
                html.In("li", () =>
                {
                    Shown(one.Query, one.Query.Label, "query");
                    html.In("ol", () =>
                    {
                        foreach (ReportNeighbor near in one.Found) html.In("li", () => Shown(near, one.Query.Label, kind: null));
                    });
                });
        }, ("class", "neighbors"));
    }

    private void Shown(ReportNeighbor shown, string? wanted, string? kind) => html.In("figure", () =>
    {
        html.Picture(shown.Picture);
        html.In("figcaption", () =>
        {
            bool isSame = shown.Similarity is not null && wanted is not null && shown.Label == wanted;
            if (shown.Similarity is { } similarity)
                html.Element("span", Words.Fixed(similarity, 3) + (isSame ? " ✓" : ""), ("class", isSame ? "same" : null));
            if (shown.Label is null) return;
            if (shown.Similarity is not null) html.Open("br");
            html.Text(shown.Label);
        });
    }, ("class", kind), ("title", shown.Name));
}
