using System.Globalization;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Selection;

namespace MocoSharp.Tests;

public sealed class PictureSelectionTests : IDisposable
{
    private const int Clusters = 6, PerCluster = 12, Dimensions = 8;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-select-").FullName;

    [Fact]
    public async Task K_center_takes_the_farthest_of_what_is_labeled_or_chosen_each_time()
    {
        (string file, double[][] rows) = Embeddings();
        string labeled = Labels(("c0/00.png", "a"), ("c1/03.png", "b"));
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(10, By("k-center"), labeled));
        List<int> centers = [0, PerCluster + 3];
        foreach (SelectedPicture one in result.Chosen)          // by hand, in double precision
        {
            double[] nearest = [.. rows.Select(row => centers.Max(center => Cosine(row, rows[center])))];
            Assert.Equal(nearest.Min(), nearest[one.Row], 5);
            Assert.Equal(nearest[one.Row], one.Score, 5);
            centers.Add(one.Row);
        }
        Assert.Equal(["c2", "c3", "c4", "c5"], result.Chosen.Take(4).Select(static one => one.Name[..2]).Order());
    }

    [Fact]
    public async Task Without_labels_k_center_begins_in_the_middle()
    {
        (string file, double[][] rows) = Embeddings();
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(2, By("k-center")));
        double[] mean = [.. Enumerable.Range(0, Dimensions).Select(d => rows.Average(row => row[d] / Math.Sqrt(row.Sum(x => x * x))))];
        Assert.Equal(rows.Max(row => Cosine(row, mean)), Cosine(rows[result.Chosen[0].Row], mean), 5);
        Assert.Equal(rows.Min(row => Cosine(row, rows[result.Chosen[0].Row])), result.Chosen[1].Score, 5);
    }

    [Fact]
    public async Task Typical_ones_are_one_of_each_cluster_and_the_densest_of_it()
    {
        (string file, double[][] rows) = Embeddings();
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(Clusters, By("typical")));
        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c5"], result.Chosen.Select(static one => one.Name[..2]).Order());
        foreach (SelectedPicture one in result.Chosen)
        {
            int first = one.Row / PerCluster * PerCluster;
            double[] density = [.. Enumerable.Range(first, PerCluster).Select(own => 1 / (1e-5 + Enumerable.Range(first, PerCluster)
                .Where(other => other != own).Select(other => Math.Sqrt(2 - 2 * Cosine(rows[own], rows[other]))).Order()
                .Take(PerCluster / 2).Average()))];
            Assert.Equal(density.Max(), density[one.Row - first], 3);
            Assert.Equal(density.Max(), one.Score, 2);
        }
    }

    [Fact]
    public async Task Typical_ones_of_clusters_without_labels_come_first_and_the_next_round_takes_the_next_densest()
    {
        (string file, _) = Embeddings();
        string labeled = Labels(("c0/00.png", "a"), ("c1/03.png", "b"), ("c2/05.png", "c"));
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(3, By("typical"), labeled));
        Assert.Equal(["c3", "c4", "c5"], result.Chosen.Select(static one => one.Name[..2]).Order());
        SelectionResult all = await ChooseAsync(file, new SelectionOptions(Clusters * PerCluster - 3, By("typical"), labeled));
        Assert.Equal(Clusters * PerCluster - 3, all.Chosen.Select(static one => one.Row).Distinct().Count());
    }

    [Fact]
    public async Task Novel_ones_are_the_least_like_any_labeled_one()
    {
        (string file, double[][] rows) = Embeddings();
        string labeled = Labels(("c0/00.png", "a"), ("c1/03.png", "b"));
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(5, By("novel"), labeled));
        double[] nearest = [.. rows.Select(row => Math.Max(Cosine(row, rows[0]), Cosine(row, rows[PerCluster + 3])))];
        Assert.Equal(nearest.Order().Take(5).Select(static value => Math.Round(value, 4)),
            result.Chosen.Select(static one => Math.Round(one.Score, 4)));
    }

    [Theory, InlineData("random"), InlineData("typical"), InlineData("k-center"), InlineData("typical:2,random:1,k-center")]
    public async Task The_same_seed_gives_the_same_choice_and_none_twice(string by)
    {
        (string file, _) = Embeddings();
        SelectionOptions options = new(20, By(by), Seed: 7);
        SelectionResult one = await ChooseAsync(file, options), other = await ChooseAsync(file, options);
        Assert.Equal(one.Chosen, other.Chosen);
        Assert.Equal(20, one.Chosen.Select(static picture => picture.Row).Distinct().Count());
        if (by == "random") Assert.NotEqual(one.Chosen, (await ChooseAsync(file, options with { Seed = 8 })).Chosen);
    }

    [Theory, InlineData("typical,random", 11, "6 5"), InlineData("typical:3,random:1", 8, "6 2"),
        InlineData("typical:1,random:9", 5, "1 4")]
    public async Task A_budget_is_split_in_proportion_to_the_weights(string by, int budget, string expected)
    {
        (string file, _) = Embeddings();
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(budget, By(by)));
        Assert.Equal(expected, string.Join(' ', result.Chosen.CountBy(static one => one.Rule).Select(static one => one.Value)));
    }

    [Theory, InlineData("typcial"), InlineData("random,random"), InlineData("random:0"), InlineData("random:x"), InlineData("")]
    public void What_is_no_list_of_rules_is_not_read(string text) => Assert.Null(SelectionShare.Parse(text));

    [Fact]
    public async Task Only_pictures_of_a_folder_are_chosen_and_rows_without_label_or_picture_counted()
    {
        (string file, _) = Embeddings();
        string labeled = Labels(("c0/00.png", "a"), ("c0/01.png", ""), ("gone.png", "b"));
        SelectionResult result = await ChooseAsync(file, new SelectionOptions(5, By("random"), labeled, Below: "c0/"));
        Assert.All(result.Chosen, static one => Assert.StartsWith("c0/", one.Name, StringComparison.Ordinal));
        Assert.Equal((PerCluster - 1, (Clusters - 1) * PerCluster, 1), (result.Candidates, result.NotBelow, result.Unfilled));
        Assert.Equal(["gone.png"], result.NotInFile);
    }

    [Fact]
    public async Task The_table_has_what_is_labeled_first_and_empty_or_known_labels_for_the_chosen()
    {
        (string file, _) = Embeddings();
        SelectionOptions options = new(2, By("random"), Labels(("c0/00.png", "a, b")));
        SelectionResult empty = await ChooseAsync(file, options), known = await ChooseAsync(file, options with { FillKnown = true });
        Assert.Equal(["file,label,rule", "c0/00.png,\"a, b\",", $"{empty.Chosen[0].Name},,random", $"{empty.Chosen[1].Name},,random"],
            PictureSelection.Table(empty).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(known.Chosen, static one => Assert.Equal(one.Name[..2], one.Label));
    }

    [Fact]
    public async Task What_cannot_be_chosen_is_told_with_what_can()
    {
        (string file, _) = Embeddings();
        const int all = Clusters * PerCluster;
        MocoException many = await Refused(file, new SelectionOptions(all + 1)),
            novel = await Refused(file, new SelectionOptions(3, By("novel"))),
            uncertain = await Refused(file, new SelectionOptions(3, By("uncertain"))),
            foreign = await Refused(file, new SelectionOptions(3, LabelFile: Labels(("x.png", "a"))));
        Assert.Equal((ErrorIds.SelectionImpossible, $"ask for fewer: --budget {all}"), (many.Id, many.Fix));
        await ChooseAsync(file, new SelectionOptions(all));
        Assert.Equal(ErrorIds.SelectionImpossible, novel.Id);
        await ChooseAsync(file, new SelectionOptions(3, By("typical,novel")));
        Assert.Equal(ErrorIds.SelectionImpossible, uncertain.Id);
        Assert.Equal(ErrorIds.NoSelectedNames, foreign.Id);
        Assert.Contains("'x.png' is the first", foreign.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static IReadOnlyList<SelectionShare> By(string text) => SelectionShare.Parse(text)!;

    private static Task<SelectionResult> ChooseAsync(string file, SelectionOptions options) =>
        PictureSelection.RunAsync(file, options, cancel: TestContext.Current.CancellationToken);

    private static Task<MocoException> Refused(string file, SelectionOptions options) =>
        Assert.ThrowsAsync<MocoException>(() => ChooseAsync(file, options));

    private static double Cosine(double[] one, double[] other) =>
        one.Zip(other, static (a, b) => a * b).Sum() / Math.Sqrt(one.Sum(static x => x * x) * other.Sum(static x => x * x));

    private string Labels(params (string File, string Label)[] rows)
    {
        string path = Path.Combine(_root, "labels.csv");
        File.WriteAllLines(path, ["file,label", .. rows.Select(static row => $"{Csv.Field(row.File)},{Csv.Field(row.Label)}")]);
        return path;
    }

    /// <summary>Six clusters of twelve around six axes of eight.</summary>
    private (string File, double[][] Rows) Embeddings()
    {
        string path = Path.Combine(_root, "e.csv");
        double[][] rows = [.. Enumerable.Range(0, Clusters * PerCluster).Select(static row =>
        {
            Rng rng = Rng.For(3, row);
            return Enumerable.Range(0, Dimensions).Select(d => (d == row / PerCluster ? 1 : 0) + 0.3 * (rng.NextDouble() - 0.5)).ToArray();
        })];
        File.WriteAllLines(path, [$"name,label,{string.Join(',', Enumerable.Range(0, Dimensions).Select(static d => $"e{d}"))}",
            .. rows.Select(static (row, at) => $"c{at / PerCluster}/{at % PerCluster:00}.png,c{at / PerCluster},"
                + string.Join(',', row.Select(static value => value.ToString("R", CultureInfo.InvariantCulture))))]);
        return (path, rows);
    }
}
