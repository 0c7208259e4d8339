using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class FolderSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Sub_folders_that_hold_the_pictures_are_classes_in_ordinal_order()
    {
        using IImageSource source = Open("b/2.png", "a/1.jpg", "B/x.webp", "a/0.JPEG");
        Assert.Equal(["B", "a", "b"], source.Classes);
        Assert.Equal(["B/x.webp", "a/0.JPEG", "a/1.jpg", "b/2.png"], Names(source));
        Assert.Equal([0, 1, 1, 2], Labels(source));
        Assert.Equal((2, 2, 3), (source.Load(0, new()).Width, source.Load(1, new()).Height, source.Load(2, new()).Channels));
    }

    [Fact]
    public void Pictures_of_a_training_below_the_folder_are_no_part_of_it()
    {
        foreach (string name in new[] { "runs/mine/recipe.yaml", "runs/mine/environment.json", "recipes/recipe.yaml" })
            _folder.Write(name, "");
        using IImageSource source = Open("a/1.png", "b/2.png", "runs/mine/views.png", "runs/mine/eval/knn.png", "recipes/3.png");
        Assert.Equal(["a/1.png", "b/2.png", "recipes/3.png"], Names(source));
        Assert.Equal(["a", "b", "recipes"], source.Classes);
    }

    [Theory]
    [InlineData("a.png", "b.png")]
    [InlineData("2019/05/a.png", "2020/01/b.png")]
    [InlineData("a/1.png", "b/2.png", "3.png")]
    [InlineData("a/1.png", "b/2.png", "b/c/3.png")]
    [InlineData("only/1.png", "only/2.png")]
    public void Other_arrangements_are_unlabeled(params string[] paths)
    {
        using IImageSource source = Open(paths);
        Assert.Empty(source.Classes);
        Assert.All(Labels(source), label => Assert.Equal(-1, label));
        Assert.Equal(paths.Order(StringComparer.Ordinal), Names(source));
    }

    [Fact]
    public void Labels_by_folder_take_the_first_folder_at_any_depth()
    {
        _folder.Pictures("cat/images/1.png", "dog/2.png");
        using IImageSource source = ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.Folders });
        Assert.Equal(["cat", "dog"], source.Classes);
        Assert.Equal([0, 1], Labels(source));
    }

    [Fact]
    public void Labels_can_be_refused()
    {
        _folder.Pictures("cat/1.png", "dog/2.png");
        using IImageSource source = ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.None });
        Assert.Empty(source.Classes);
    }

    [Fact]
    public void Labels_by_folder_need_every_picture_in_one()
    {
        _folder.Pictures("cat/1.png", "2.png");
        ImagingException error = Assert.Throws<ImagingException>(() =>
            ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.Folders }));
        Assert.Equal(ErrorIds.PictureOutsideClasses, error.Id);
        Assert.Contains("2.png lies in none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_and_other_files_are_passed_over()
    {
        _folder.Pictures("a/1.png", ".hidden/2.png", "a/.3.png", "b/4.png");
        _folder.Write("a/notes.txt", "no picture");
        using IImageSource source = ImageSources.Open(_folder.Root);
        Assert.Equal(["a/1.png", "b/4.png"], Names(source));
    }

    [Fact]
    public void Links_to_pictures_and_folders_are_followed_but_not_in_a_circle()
    {
        _folder.Pictures("data/a/1.png", "elsewhere/2.png");
        File.CreateSymbolicLink(_folder["data/a/3.png"], _folder["elsewhere/2.png"]);
        Directory.CreateSymbolicLink(_folder["data/b"], _folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["data/a/up"], _folder["data"]);
        Directory.CreateSymbolicLink(_folder["data/a/same"], _folder["data/a"]);
        Directory.CreateSymbolicLink(_folder["way"], _folder["data"]);
        using IImageSource straight = ImageSources.Open(_folder["data"]), linked = ImageSources.Open(_folder["way"]);
        Assert.Equal(["a/1.png", "a/3.png", "b/2.png"], Names(straight));
        Assert.Equal(Names(straight), Names(linked));
    }

    [Fact]
    public void A_folder_without_pictures_says_what_was_looked_for_and_what_was_seen()
    {
        _folder.Write("a/notes.txt", "");
        _folder.Write("movie.mp4", "");
        ImagingException error = Assert.Throws<ImagingException>(() => ImageSources.Open(_folder.Root));
        Assert.Equal(ErrorIds.NoPictures, error.Id);
        Assert.Equal(
            "the folder holds no picture (JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF, JPEG XL or JPEG 2000, by its name), 2 other files; "
            + "passed over, since it is no picture that is read: 1 .mp4 (make a picture a second of it: ffmpeg -i FILE -vf fps=1 "
            + "frame-%05d.jpg)", error.Message);
    }

    [Fact]
    public void A_missing_path_is_named()
    {
        ImagingException error = Assert.Throws<ImagingException>(() => ImageSources.Open(_folder["nowhere"]));
        Assert.Equal((ErrorIds.MissingPath, _folder["nowhere"]), (error.Id, error.At));
    }

    [Fact]
    public void A_single_picture_is_no_data_set()
    {
        _folder.Pictures("a.png");
        Assert.Equal(ErrorIds.UnreadableDataSet, Assert.Throws<ImagingException>(() => ImageSources.Open(_folder["a.png"])).Id);
    }

    [Fact]
    public void A_broken_picture_is_named_by_its_path_below_the_root()
    {
        _folder.Write("a/broken.png", "");
        using IImageSource source = Open("a/fine.png");
        BadImageException error = Assert.Throws<BadImageException>(() => source.Load(0, new()));
        Assert.Equal((ErrorIds.EmptyFile, "a/broken.png"), (error.Id, error.At));
    }

    [Theory, InlineData(-1), InlineData(2)]
    public void An_index_outside_the_source_is_refused(int index)
    {
        using IImageSource source = Open("a.png", "b.png");
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Name(index));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Load(index, new()));
    }

    [Fact]
    public void Any_set_of_paths_comes_back_in_ordinal_order()
    {
        Gen<string> part = Gen.Elements("a", "B", "a b", "a-b", "é", "0", "日本");
        Gen<string> path = part.ArrayOf(3).Select(parts => string.Join('/', parts) + ".png");
        Prop.ForAll(path.NonEmptyListOf().ToArbitrary(), paths =>
        {
            using TempFolder folder = new();
            string[] distinct = [.. paths.Distinct().Order(StringComparer.Ordinal)];
            using IImageSource source = ImageSources.Open(folder.Pictures(distinct).Root);
            return Names(source).SequenceEqual(distinct);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public void A_folder_sorts_among_files_as_its_whole_paths_do()
    {
        using IImageSource source = Open("a/b.png", "a.png", "a-1.png", "a0.png");
        Assert.Equal(["a-1.png", "a.png", "a/b.png", "a0.png"], Names(source));
    }

    public void Dispose() => _folder.Dispose();

    private IImageSource Open(params string[] paths) => ImageSources.Open(_folder.Pictures(paths).Root);

    private static IEnumerable<string> Names(IImageSource source) => Enumerable.Range(0, source.Count).Select(source.Name);

    private static IEnumerable<int> Labels(IImageSource source) => Enumerable.Range(0, source.Count).Select(source.Label);
}
