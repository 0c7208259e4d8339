using System.Globalization;
using MocoSharp.Auditing;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Tests;

public sealed class PictureAuditTests : IDisposable
{
    private const int Plain = 40;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-audit-").FullName;

    [Fact]
    public async Task Each_planted_fault_is_found_and_nothing_else()
    {
        Dictionary<string, Image> pictures = PlainOnes();
        foreach ((int number, string fault) in Faults.All.Index()) pictures[$"x {fault}.png"] = Faults.With(fault, 100 + (ulong)number);
        pictures["x duplicate.png"] = Faults.Plain(3);
        string folder = Folder("set", pictures);
        File.WriteAllText(Path.Combine(folder, "x unreadable.jpg"), "no picture");
        AuditResult result = await AuditAsync(new AuditedSet(folder));
        Assert.Equal(((string[])[.. Faults.All, "duplicate", "unreadable"]).Order(), result.Findings.Select(static one =>
        {
            Assert.Equal($"x {AuditKinds.Name(one.Kind)}", Path.GetFileNameWithoutExtension(one.Picture));
            return AuditKinds.Name(one.Kind);
        }).Order());
        Assert.Equal("03.png", Assert.Single(Assert.Single(result.Findings, Is(AuditKind.Duplicate)).Others).Name);
        Assert.Equal(pictures.Count + 1, result.Pictures);
    }

    [Fact]
    public async Task What_is_ordinary_for_a_set_is_not_odd()
    {
        foreach (string fault in Faults.All.Where(static fault => fault != "near-empty"))
        {
            Dictionary<string, Image> pictures = [];
            for (int i = 0; i < 12; i++) pictures[$"{i:00}.png"] = Faults.With(fault, (ulong)i);
            AuditResult result = await AuditAsync(new AuditedSet(Folder(fault, pictures)));
            Assert.DoesNotContain(result.Findings, one => AuditKinds.Name(one.Kind) == fault);
        }
    }

    [Fact]
    public async Task Limits_say_where_they_come_from()
    {
        Dictionary<string, Image> pictures = PlainOnes();
        pictures["small.png"] = Faults.With("odd size", 100);
        pictures["dark.png"] = Faults.With("dark", 101);
        AuditResult result = await AuditAsync(new AuditedSet(Folder("set", pictures)));
        AuditFinding small = Assert.Single(result.Findings, Is(AuditKind.OddSize)),
            dark = Assert.Single(result.Findings, Is(AuditKind.Dark));
        double median = Math.Sqrt(Scenes.Wide * Scenes.High);
        Assert.Equal(median / 2, small.Limit!.Value, 9);
        Assert.Equal("the set's median, 128, divided by 2", small.LimitFrom);
        Assert.Equal($"{Scenes.Wide / 8} x {Scenes.High / 8}", small.Note);
        Assert.Equal((64.0, "fixed"), (dark.Limit, dark.LimitFrom));
    }

    [Fact]
    public async Task Classes_are_counted_and_small_ones_and_imbalance_told()
    {
        Dictionary<string, Image> pictures = [];
        for (int i = 0; i < 33; i++) pictures[$"{(i < 30 ? "many" : "few")}/{i:00}.png"] = Faults.Plain((ulong)i);
        AuditResult result = await AuditAsync(new AuditedSet(Folder("set", pictures)));
        Assert.Equal([new AuditClass("few", 3, 0), new AuditClass("many", 30, 0)], result.Classes);
        AuditFinding small = Assert.Single(result.Findings, Is(AuditKind.SmallClass));
        Assert.Equal(("few", 3.0, 10.0), (small.Label, small.Value, small.Limit));
        Assert.DoesNotContain(result.Findings, Is(AuditKind.Imbalance));       // ten times is the limit
        File.Delete(Path.Combine(_root, "set", "few", "32.png"));
        AuditFinding ratio = Assert.Single((await AuditAsync(new AuditedSet(Path.Combine(_root, "set")))).Findings,
            Is(AuditKind.Imbalance));
        Assert.Equal((15.0, "many has 30, few 2"), (ratio.Value, ratio.Note));
    }

    [Fact]
    public async Task Classes_of_the_test_part_alone_are_not_small()
    {
        Dictionary<string, Image> pictures = PlainOnes().ToDictionary(static one => $"train/{one.Key}", static one => one.Value);
        for (int i = 0; i < 4; i++) pictures[$"test/{"ab"[i % 2]}/{i:00}.png"] = Faults.Plain((ulong)(100 + i));
        AuditResult result = await AuditAsync(new AuditedSet(Folder("set", pictures)));
        Assert.Equal([new AuditClass("a", 0, 2), new AuditClass("b", 0, 2)], result.Classes);
        Assert.Empty(result.Findings);
        Assert.Contains(result.NotAudited, static one => one.What == "class counts: of the pictures to learn from none is labeled");
    }

    [Fact]
    public async Task Near_duplicates_label_suspects_and_outliers_are_found_with_embeddings_and_nothing_else()
    {
        (AuditedSet set, _) = Embedded();
        AuditResult result = await AuditAsync(set);
        Assert.Equal(["b/16.png", "a/15.png", "b/17.png"], result.Findings.Select(static one => one.Picture));
        Assert.Equal([AuditKind.NearDuplicate, AuditKind.LabelSuspect, AuditKind.Outlier], result.Findings.Select(static one => one.Kind));
        Assert.Equal((1.0, "10 of the 10 nearest are b"), (result.Findings[1].Value, result.Findings[1].Note));
        Assert.Equal(("brightness", "b/00.png"), (result.Findings[0].Note, Assert.Single(result.Findings[0].Others).Name));
        Assert.Equal((34, 33, 32, 0), (result.Embedded!.Rows, result.Embedded.Judged, result.Embedded.Agreeing, result.Embedded.NotInData));
    }

    [Fact]
    public async Task Neighbors_that_know_no_class_make_no_label_suspect()
    {
        Dictionary<string, Image> pictures = [];
        for (int i = 0; i < 44; i++) pictures[$"{"abcd"[i % 4]}/{i:00}.png"] = Faults.Plain((ulong)i);
        string folder = Folder("weak", pictures), table = Path.Combine(_root, "weak.csv");
        File.WriteAllText(table, Header + string.Concat(pictures.Keys.Select(static (name, at) => Row(name, 0, (ulong)at))));
        AuditResult result = await AuditAsync(new AuditedSet(folder, table));
        Assert.InRange(result.Embedded!.Agreeing, 0, result.Embedded.Judged / 2);
        Assert.Contains(result.NotAudited,
            static one => one.What.StartsWith("label suspects: near neighbors agree", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Findings, Is(AuditKind.LabelSuspect));
    }

    [Fact]
    public async Task A_pictures_duplicates_are_not_among_the_neighbors_that_are_asked()
    {
        (AuditedSet set, Dictionary<string, Image> pictures) = Embedded();
        for (int i = 0; i < 12; i++)        // copies with the suspect's own label would hide it
        {
            Write("embedded", $"a/9{i:00}.png", pictures["a/15.png"]);
            File.AppendAllText(set.Embeddings!, Row($"a/9{i:00}.png", 1, (ulong)15));
        }
        AuditResult result = await AuditAsync(set);
        Assert.Equal("a/15.png", Assert.Single(result.Findings, Is(AuditKind.LabelSuspect)).Picture);
        Assert.Equal(12, result.Findings.Count(one => one.Kind == AuditKind.Duplicate));
    }

    [Fact]
    public async Task Leaks_are_equal_pixels_without_embeddings_and_changed_ones_with_them()
    {
        (AuditedSet set, Dictionary<string, Image> pictures) = Embedded();
        string other = Folder("other", new()
        {
            ["equal.png"] = pictures["a/02.png"],
            ["mirrored.png"] = Scenes.Changed(pictures["b/05.png"], "mirrored"),
            ["new.png"] = Faults.Plain(900),
        });
        File.WriteAllText(Path.Combine(_root, "other.csv"), Header + Row("equal.png", 0, 2) + Row("mirrored.png", 1, 5)
            + Row("new.png", 0, 99));
        AuditResult plain = await AuditAsync(set with { Embeddings = null }, new AuditedSet(other)),
            near = await AuditAsync(set, new AuditedSet(other, Path.Combine(_root, "other.csv")));
        Assert.Equal(["a/02.png"], plain.Findings.Where(one => one.Kind == AuditKind.Leak).Select(static one => one.Picture));
        Assert.Contains(plain.NotAudited, static one => one.What.StartsWith("leaks that are not equal pixels", StringComparison.Ordinal));
        Assert.Equal([("a/02.png", "equal.png", "equal pixels"), ("b/05.png", "mirrored.png", "mirrored")], near.Findings
            .Where(one => one.Kind == AuditKind.Leak).Select(static one => (one.Picture!, one.Others[0].Name, one.Note)));
        Assert.All(near.Findings.Where(one => one.Kind == AuditKind.Leak), static one => Assert.True(one.Others[0].IsAgainst));
    }

    [Fact]
    public async Task The_same_picture_in_both_parts_of_a_set_is_a_leak_and_with_two_labels_a_conflict()
    {
        Dictionary<string, Image> pictures = [];
        for (int i = 0; i < 24; i++)
            pictures[$"{(i < 16 ? "train" : "test")}/{"ab"[i % 2]}/{i:00}.png"] = Faults.Plain((ulong)i);
        pictures["test/a/same.png"] = Faults.Plain(4);          // a, as in train
        pictures["train/a/other.png"] = Faults.Plain(5);        // b there
        AuditResult result = await AuditAsync(new AuditedSet(Folder("set", pictures)), options: new AuditOptions(Few: 1));
        Assert.Equal([(AuditKind.Duplicate, "train/b/05.png"), (AuditKind.Leak, "test/a/same.png"),
            (AuditKind.LabelConflict, "train/b/05.png")], result.Findings.Select(static one => (one.Kind, one.Picture!)));
        Assert.Equal([new AuditClass("a", 9, 5), new AuditClass("b", 8, 4)], result.Classes);
    }

    [Fact]
    public async Task What_was_not_looked_at_is_told_with_the_commands_that_do()
    {
        string folder = Folder("set", PlainOnes());
        AuditResult result = await AuditAsync(new AuditedSet(folder));
        Assert.Equal([2, 1, 1], result.NotAudited.Select(static one => one.How.Count));
        Assert.Equal($"moco embed RUN --data {folder} -o embeddings.parquet", result.NotAudited[0].How[0]);
        Assert.Equal($"moco audit {folder} --label-file labels.csv", result.NotAudited[1].How[0]);
    }

    [Fact]
    public async Task Embeddings_of_other_pictures_are_refused_and_rows_without_a_picture_named_and_counted()
    {
        (AuditedSet set, _) = Embedded();
        File.AppendAllText(set.Embeddings!, Row("gone.png", 0, 1));
        Write("embedded", "a/late.png", Faults.Plain(500));
        AuditResult result = await AuditAsync(set);
        Assert.Equal((1, 1), (result.Embedded!.NotInData, result.Embedded.NotInFile));
        Assert.Equal(["gone.png"], result.Embedded.FirstNotInData);
        MocoException refused = await Assert.ThrowsAsync<MocoException>(() =>
            AuditAsync(set with { Data = Folder("foreign", PlainOnes()) }));
        Assert.Equal(ErrorIds.NoPictureNames, refused.Id);
    }

    [Fact]
    public async Task The_page_shows_each_finding_with_its_picture_and_limit()
    {
        Dictionary<string, Image> pictures = PlainOnes();
        pictures["<dark>.png"] = Faults.With("dark", 101);
        pictures["x.png"] = Faults.Plain(3);
        string page = AuditGallery.Html(await AuditAsync(new AuditedSet(Folder("set", pictures))));
        Assert.Equal(3, page.Split("<img ").Length - 1);          // the dark one, the duplicate and what it is equal to
        Assert.Contains("&lt;dark&gt;.png", page, StringComparison.Ordinal);
        Assert.Contains("limit 64 (fixed)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<dark>", page, StringComparison.Ordinal);
    }

    [Theory, InlineData(0.5, 10, 0.8, 10, "spread"), InlineData(5, 2, 0.8, 10, "neighbors"), InlineData(5, 10, 0.5, 10, "share"),
        InlineData(5, 10, 0.8, 0, "few")]
    public async Task Limits_out_of_range_are_refused(double spread, int neighbors, double share, int few, string name)
    {
        OptionException error = await Assert.ThrowsAsync<OptionException>(() =>
            AuditAsync(new AuditedSet("none"), options: new AuditOptions(spread, neighbors, share, few)));
        Assert.Equal(name, error.Option);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private const string Header = "name,e0,e1,e2,e3\n";

    private static Predicate<AuditFinding> Is(AuditKind kind) => one => one.Kind == kind;

    private static Task<AuditResult> AuditAsync(AuditedSet set, AuditedSet? against = null, AuditOptions? options = null) =>
        PictureAudit.RunAsync(set, against, options, cancel: TestContext.Current.CancellationToken);

    private static Dictionary<string, Image> PlainOnes() =>
        Enumerable.Range(0, Plain).ToDictionary(static i => $"{i:00}.png", static i => Faults.Plain((ulong)i));

    /// <summary>Two classes with embeddings near two axes. Of a, picture 15 lies among b; of b, 16 is 00 made brighter, and 17 lies
    /// alone.</summary>
    private (AuditedSet Set, Dictionary<string, Image> Pictures) Embedded()
    {
        Dictionary<string, Image> pictures = [];
        string rows = Header;
        for (int i = 0; i < 16; i++)
        {
            pictures[$"a/{i:00}.png"] = Faults.Plain((ulong)i);
            rows += Row($"a/{i:00}.png", i == 15 ? 1 : 0, (ulong)i);
        }
        for (int i = 0; i < 18; i++)
        {
            pictures[$"b/{i:00}.png"] = i == 16 ? Scenes.Changed(Faults.Plain(200), "brightness") : Faults.Plain(200 + (ulong)i);
            rows += i == 17 ? $"b/{i:00}.png,0,0.3,0,1\n" : Row($"b/{i:00}.png", 1, i == 16 ? 200 : 200 + (ulong)i);
        }
        string file = Path.Combine(_root, "embedded.csv");
        File.WriteAllText(file, rows);
        return (new AuditedSet(Folder("embedded", pictures), file), pictures);
    }

    private static string Row(string name, int axis, ulong seed)
    {
        Rng rng = Rng.For(seed, axis);
        double[] values = [.. Enumerable.Range(0, 4).Select(i => (i == axis ? 1 : 0) + 0.3 * (rng.NextDouble() - 0.5))];
        return $"{name},{string.Join(',', values.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)))}\n";
    }

    private string Folder(string name, Dictionary<string, Image> pictures)
    {
        foreach ((string file, Image image) in pictures) Write(name, file, image);
        return Path.Combine(_root, name);
    }

    private void Write(string folder, string file, Image image)
    {
        string path = Path.Combine(_root, folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ImageEncoder.Save(image, path);
    }
}
