using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Tests;

public sealed class DuplicatesTests : IDisposable
{
    private static readonly string[] s_changes = ["re-encoded", "resized", "mirrored", "brightness", "cropped"];
    private readonly string _root = Directory.CreateTempSubdirectory("moco-duplicates-").FullName;

    [Fact]
    public async Task All_pairs_that_comparing_every_picture_with_every_other_finds_are_found_and_no_other()
    {
        Dictionary<string, Image> pictures = Planted(scenes: 6);
        DuplicatesResult result = await Duplicates.FindAsync(Set("all", pictures), options: new DuplicateOptions(Threshold: -1),
            cancel: TestContext.Current.CancellationToken);
        string[] names = [.. pictures.Keys.Order(StringComparer.Ordinal)];
        List<(string, string)> expected = [];
        foreach ((int place, string name) in names.Index())
            foreach (string other in names.Skip(place + 1))
                if (PictureComparison.Compare(PictureSketch.Of(pictures[name]), PictureSketch.Of(pictures[other])).Correlation
                    >= Likeness.Same) expected.Add((name, other));
        (string, string)[] found = [.. result.Groups.SelectMany(static group => group.Pairs.Select(pair =>
            (group.Pictures[pair.First].Name, group.Pictures[pair.Second].Name))).Order()];
        Assert.Subset(expected.ToHashSet(), found.ToHashSet());
        Assert.Equal(expected.Count, found.Length + result.Between);
        Assert.Equal(pictures.Count * (pictures.Count - 1) / 2, result.Compared);
        foreach (DuplicateGroup group in result.Groups)     // every pair of a group is told of, and holds
            Assert.Equal(group.Pictures.Count * (group.Pictures.Count - 1) / 2, group.Pairs.Count);
    }

    [Fact]
    public async Task Planted_pictures_are_in_their_originals_group_with_what_was_done_to_them()
    {
        Dictionary<string, Image> pictures = Planted(scenes: 5);
        DuplicatesResult result = await Duplicates.FindAsync(Set("planted", pictures), cancel: TestContext.Current.CancellationToken);
        Assert.True(result.IsChosen);
        Assert.Equal(5, result.Groups.Count);
        for (int scene = 0; scene < 5; scene++)
        {
            DuplicateGroup group = Assert.Single(result.Groups, one => one.Pictures.Any(picture => picture.Name == $"{scene}.png"));
            Assert.Equal([$"{scene}-{s_changes[scene]}.png", $"{scene}.png"], group.Pictures.Select(static picture => picture.Name));
            Assert.Equal(s_changes[scene], Assert.Single(group.Pairs).Why);
        }
    }

    [Fact]
    public async Task Equal_pixels_make_one_group_whatever_their_files_and_embeddings_are()
    {
        Image scene = Scenes.Of(1);
        Dictionary<string, Image> pictures = new() { ["a.png"] = scene, ["b.webp"] = scene, ["c.png"] = Scenes.Of(2), ["d.png"] = scene };
        DuplicatesResult result = await Duplicates.FindAsync(Set("equal", pictures), cancel: TestContext.Current.CancellationToken);
        DuplicateGroup group = Assert.Single(result.Groups);
        Assert.Equal(["a.png", "b.webp", "d.png"], group.Pictures.Select(static picture => picture.Name));
        Assert.Equal([(0, 1, "equal pixels"), (0, 2, "equal pixels")],
            group.Pairs.Select(static pair => (pair.First, pair.Second, pair.Why)));
    }

    [Fact]
    public async Task A_chain_whose_ends_differ_is_no_group()
    {
        Image scene = Scenes.Of(3);
        Dictionary<string, Image> pictures = new()
        {
            ["a.png"] = scene,
            ["b.png"] = Scenes.Crop(scene, 15, 0, Scenes.Wide - 15, Scenes.High - 11),
            ["c.png"] = Scenes.Crop(scene, 30, 0, Scenes.Wide - 30, Scenes.High - 22),
        };
        DuplicatesResult result = await Duplicates.FindAsync(Set("chain", pictures), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.Single(result.Groups).Pictures.Count);
        Assert.Equal((2, 1), (result.Confirmed, result.Between));
    }

    [Fact]
    public async Task Only_what_both_sets_have_is_shown_when_two_are_compared()
    {
        Image one = Scenes.Of(1), two = Scenes.Of(2), three = Scenes.Of(3);
        EmbeddedSet train = Set("train", new() { ["a.png"] = one, ["b.png"] = two, ["copy.png"] = two, ["c.png"] = Scenes.Of(4) });
        EmbeddedSet test = Set("test", new()
        {
            ["x.png"] = Scenes.Changed(one, "mirrored"),
            ["y.png"] = three,
            ["z.png"] = three,
            ["w.png"] = two,
        });
        DuplicatesResult result = await Duplicates.FindAsync(train, test, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(2, result.Groups.Count);
        Assert.Equal([("b.png", false), ("copy.png", false), ("w.png", true)],
            result.Groups[0].Pictures.Select(static picture => (picture.Name, picture.IsAgainst)));
        Assert.All(result.Groups[0].Pairs, static pair => Assert.Equal("equal pixels", pair.Why));
        Assert.Equal([("a.png", false), ("x.png", true)], result.Groups[1].Pictures.Select(static picture => (picture.Name,
            picture.IsAgainst)));
        Assert.Equal("mirrored", Assert.Single(result.Groups[1].Pairs).Why);
    }

    [Theory, InlineData(9_999, 1), InlineData(10_000, 0)]
    public void Without_a_threshold_a_long_row_of_pairs_that_are_not_the_same_ends_it(int misses, int confirmed)
    {
        Image flat = new(8, 8, 3), scene = Scenes.Of(1);
        flat.Samples.AsSpan().Clear();
        EmbeddedSet set = Set("long", new() { ["a.png"] = scene, ["b.png"] = flat, ["c.png"] = Scenes.Changed(scene, "brightness") });
        using OpenSet open = OpenSet.Open(set.Data, set.Embeddings, layer: null);
        SketchedPictures pictures = SketchedPictures.Read([open], TestContext.Current.CancellationToken);
        CandidatePair[] pairs = [.. Enumerable.Repeat(new CandidatePair(0, 1, 0.9f), misses), new CandidatePair(0, 2, 0.8f)];
        ConfirmedPairs found = ConfirmedPairs.Of(pictures, pairs, threshold: null, Likeness.Same, TestContext.Current.CancellationToken);
        Assert.Equal((confirmed, misses + confirmed), (found.Same, found.Compared));
        Assert.Equal(confirmed == 1 ? 0.8f : 0.9f, found.Lowest);
    }

    [Theory, InlineData(33, 0), InlineData(34, 34)]
    public async Task Pictures_with_more_neighbors_than_are_compared_are_counted(int count, int crowded)
    {
        Dictionary<string, Image> pictures = Enumerable.Range(0, count).ToDictionary(static i => $"a{i:00}.png",
            static i => Scenes.Of((ulong)i + 1));
        DuplicatesResult result = await Duplicates.FindAsync(Set("crowd", pictures), options: new DuplicateOptions(Threshold: 0),
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal((count, crowded), (result.Pictures, result.Crowded));
    }

    [Fact]
    public async Task A_threshold_leaves_pairs_below_it_uncompared()
    {
        Dictionary<string, Image> pictures = Planted(scenes: 4);
        EmbeddedSet set = Set("threshold", pictures);
        DuplicatesResult all = await Duplicates.FindAsync(set, cancel: TestContext.Current.CancellationToken);
        double[] similarities = [.. all.Groups.SelectMany(static group => group.Pairs).Select(static pair => pair.Similarity!.Value)
            .Order()];
        DuplicatesResult some = await Duplicates.FindAsync(set, options: new DuplicateOptions((similarities[0] + similarities[1]) / 2),
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal(all.Groups.Count - 1, some.Groups.Count);
        Assert.False(some.IsChosen);
        await Assert.ThrowsAsync<OptionException>(() => Duplicates.FindAsync(set, options: new DuplicateOptions(Threshold: 1.5)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static Dictionary<string, Image> Planted(int scenes)
    {
        Dictionary<string, Image> pictures = [];
        for (int scene = 0; scene < scenes; scene++)
        {
            pictures[$"{scene}.png"] = Scenes.Of((ulong)scene + 1);
            string change = s_changes[scene % s_changes.Length];
            pictures[$"{scene}-{change}.png"] = Scenes.Changed(pictures[$"{scene}.png"], change);
        }
        return pictures;
    }

    /// <summary>Writes pictures, and embeddings that are random but for a part that names starting alike share.</summary>
    private EmbeddedSet Set(string name, Dictionary<string, Image> pictures)
    {
        string folder = Path.Combine(_root, name), file = Path.Combine(_root, $"{name}.csv");
        Directory.CreateDirectory(folder);
        List<string> lines = ["name,e0,e1,e2,e3"];
        foreach ((int row, string picture) in pictures.Keys.Order(StringComparer.Ordinal).Index())
        {
            ImageEncoder.Save(pictures[picture], Path.Combine(folder, picture));
            Rng rng = Rng.For(5, picture[0]), own = Rng.For(6, row);
            lines.Add($"{picture},{string.Join(',', Enumerable.Range(0, 4).Select(_ =>
                (rng.NextDouble() - 0.5 + 0.1 * own.NextDouble()).ToString("R", CultureInfo.InvariantCulture)))}");
        }
        File.WriteAllLines(file, lines);
        return new EmbeddedSet(folder, file);
    }
}
