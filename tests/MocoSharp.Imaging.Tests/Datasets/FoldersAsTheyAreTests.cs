using System.Diagnostics;
using System.Text;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Datasets;

/// <summary>What other systems' disks, archives and editors leave in folders: read, or named and counted.</summary>
public sealed class FoldersAsTheyAreTests : IDisposable
{
    private const string Composed = "caf\u00e9", Decomposed = "cafe\u0301";
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("\u00e9", "e\u0301"), InlineData("\u1e69", "s\u0323\u0307"), InlineData("s\u0307\u0323", "s\u0323\u0307")]
    [InlineData("\ud55c", "\u1112\u1161\u11ab"), InlineData("\uac00", "\u1100\u1161"), InlineData("plain.png", "plain.png")]
    public void Names_that_look_equal_have_one_form(string one, string other)
    {
        Assert.Equal(other, CanonicalForm.Of(one));
        Assert.Equal(other, CanonicalForm.Of(other));
    }

    [Theory, InlineData(Composed, Decomposed), InlineData(Decomposed, Composed)]
    public void A_row_finds_the_file_whose_name_looks_equal(string inRow, string onDisk)
    {
        _folder.Pictures($"{onDisk}.png", "b.png");
        _folder.Write("labels.csv", $"file,label\n{inRow}.png,x\nb.png,y\n");
        using IImageSource source = ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.Csv(_folder["labels.csv"]) });
        Assert.Equal(["y", "x"], Enumerable.Range(0, 2).Select(i => source.Classes[source.Label(i)]));
    }

    [Fact]
    public void Two_folders_whose_names_look_equal_are_one_class_in_both_parts()
    {
        _folder.Pictures($"train/{Composed}/1.png", "train/dog/2.png", $"test/{Decomposed}/3.png", "test/dog/4.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(splits.Test!.Label));
        Assert.Equal(2, splits.Train.Classes.Count);
    }

    [Fact]
    public void Classes_that_differ_in_case_alone_are_said()
    {
        _folder.Pictures("Cat/1.png", "cat/2.png", "dog/3.png");
        using IImageSource source = ImageSources.Open(_folder.Root);
        Assert.Contains("'Cat' and 'cat' are different classes: rename, if they are meant as one", source.Notes);
    }

    [Fact]
    public void What_cannot_be_named_or_read_to_an_end_is_counted_and_hangs_nobody()
    {
        _folder.Pictures("a.png", "b.png");
        Shell("""mkfifo "$1/x.jpg"; touch "$1/$(printf 'caf\351.png')"; mkdir "$1/$(printf 'd\351p')"; ln -s /dev/zero "$1/zero.png" """);
        using IImageSource source = ImageSources.Open(_folder.Root);
        Assert.Equal(["a.png", "b.png"], Enumerable.Range(0, source.Count).Select(source.Name));
        Assert.Contains(source.Notes, static note => note.Contains("not UTF-8: 2 entries", StringComparison.Ordinal)
            && note.Contains("convmv -f latin1", StringComparison.Ordinal));
        Assert.Contains(source.Notes,
            static note => note.Contains("pipes, devices or sockets: 2 entries with a picture's name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PK\x03\x04", "set.zip", "this is an archive", "unzip FILE -d FOLDER; then give that folder")]
    [InlineData("....ftypisom....", "x.mp4", "this is a video", "ffmpeg")]
    [InlineData("PAR1....", "x.parquet", "this is a Parquet file", "CSV")]
    [InlineData("Rar!....", "noname", "this is an archive", "7z x")]
    public void A_file_that_is_no_data_set_is_told_by_its_first_bytes(string start, string name, string what, string fix)
    {
        File.WriteAllBytes(_folder[name], Encoding.Latin1.GetBytes(start));
        ImagingException error = Assert.Throws<ImagingException>(() => ImageSources.Open(_folder[name]));
        Assert.StartsWith(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_tar_and_a_pipe_are_told_too_and_a_plain_tar_is_a_shard()
    {
        _folder.Pictures("in/a.png");
        Shell("""tar -cf "$1/a.tar" -C "$1" in; tar -czf "$1/a.tar.gz" -C "$1" in; mkfifo "$1/pipe" """);
        Assert.Contains("tar -xf FILE", Assert.Throws<ImagingException>(() => ImageSources.Open(_folder["a.tar.gz"])).Fix!,
            StringComparison.Ordinal);
        using IImageSource shard = ImageSources.Open(_folder["a.tar"]);
        Assert.Equal(1, shard.Count);
        Assert.Contains("a pipe", Assert.Throws<ImagingException>(() => ImageSources.Open(_folder["pipe"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_labeled_file_that_is_there_and_not_read_is_said_to_be_so()
    {
        _folder.Pictures("a.png");
        _folder.Write("b.psd", "8BPS");
        _folder.Write("labels.csv", "file,label\na.png,x\nb.psd,y\n");
        ImagingException error = Assert.Throws<ImagingException>(
            () => ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.Csv(_folder["labels.csv"]) }));
        Assert.Equal("1 labeled file is there and is not a picture that is read, first b.psd (line 3)", error.Message);
    }

    [Fact]
    public void A_picture_that_is_smaller_than_its_crop_counts_as_unreadable()
    {
        for (int i = 0; i < 20; i++) ImageEncoder.Save(new Image(i == 7 ? 10 : 48, 48, 3), _folder[$"{i:00}.png"]);
        using IImageSource source = ImageSources.Open(_folder.Root);
        ViewRecipe views = new([new ViewPipeline([new RandomCrop(32, Padding: 0)], ChannelStats.Half)]);
        ViewLoader loader = new(source, views, new LoaderOptions { BatchSize = 10, Workers = 1, MaximumBadShare = 0.05f });
        foreach (ViewBatch batch in loader.Epoch(0)) batch.Dispose();
        BadImage bad = Assert.Single(loader.BadImages);
        Assert.Equal("07.png", bad.Name);
        Assert.Contains("cuts a square of 32", bad.Reason, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Shell("""rm -rf "$1"/*""");     // .NET cannot delete what it cannot name
        _folder.Dispose();
    }

    private void Shell(string script)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-ec", script, "bash", _folder.Root]))!;
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, process.ExitCode);
    }
}
