using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class IdxSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory, InlineData(""), InlineData(".gz")]
    public void A_folder_gives_train_and_test_with_their_labels(string ending)
    {
        _folder.IdxImages($"train-images-idx3-ubyte{ending}", 3);
        _folder.IdxLabels($"train-labels-idx1-ubyte{ending}", 2, 0, 1);
        _folder.IdxImages($"t10k-images-idx3-ubyte{ending}", 2);
        _folder.IdxLabels($"t10k-labels-idx1-ubyte{ending}", 1, 0);
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal(["0", "1", "2"], splits.Train.Classes);
        Assert.Equal(splits.Train.Classes, splits.Test!.Classes);
        Assert.Equal([2, 0, 1], Enumerable.Range(0, 3).Select(splits.Train.Label));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(splits.Test.Label));
        Assert.Equal($"train-images-idx3-ubyte{ending}#2", splits.Train.Name(2));
        Image gray = splits.Train.Load(2, new(Color.Gray)), rgb = splits.Train.Load(2, new(Color.Rgb));
        Assert.Equal((3, 2, 1), (gray.Width, gray.Height, gray.Channels));
        Assert.Equal([20, 21, 22, 23, 24, 25], gray.Samples);
        Assert.Equal(gray.Samples.SelectMany(v => new[] { v, v, v }), rgb.Samples);
    }

    [Fact]
    public void A_packed_file_beside_its_unpacked_twin_is_no_second_data_set()
    {
        _folder.IdxImages("train-images-idx3-ubyte", 3);
        _folder.IdxImages("train-images-idx3-ubyte.gz", 3);
        using IImageSource source = ImageSources.Open(_folder.Root);
        Assert.Equal("train-images-idx3-ubyte#0", source.Name(0));
        Assert.Empty(source.Classes);
    }

    [Fact]
    public void Several_data_sets_in_one_folder_are_refused()
    {
        _folder.IdxImages("emnist-letters-train-images-idx3-ubyte", 3);
        _folder.IdxImages("emnist-digits-train-images-idx3-ubyte", 3);
        Assert.Equal(ErrorIds.UnreadableDataSet, Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Root)).Id);
    }

    [Fact]
    public void A_file_of_labels_is_not_taken_for_pictures()
    {
        string path = _folder.IdxLabels("train-labels-idx1-ubyte", new byte[20]);
        ImagingException error = Assert.Throws<ImagingException>(() => ImageSources.Open(path));
        Assert.Equal(ErrorIds.BadIdxHeader, error.Id);
        Assert.Contains("labels are found beside it", error.Fix, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> WrongLengths => new()
    {
        { "short", [.. TempFolder.Words(0x0803, 2, 2, 2), 1, 2, 3, 4, 5, 6, 7] },
        { "long", [.. TempFolder.Words(0x0803, 1, 2, 2), 1, 2, 3, 4, 5] },
        { "empty", TempFolder.Words(0x0803, 0, 2, 2) },
        { "negative", TempFolder.Words(0x0803, -1, 28, 28) },
        { "overflowing", TempFolder.Words(0x0803, 0x10000, 0x10000, 0x10000) },
        { "header", TempFolder.Words(0x0803, 1) },
        { "nothing", [] },
    };

    [Theory, MemberData(nameof(WrongLengths))]
    public void A_length_that_the_header_does_not_say_is_refused(string name, byte[] content)
    {
        string path = _folder.Write($"{name}-images-idx3-ubyte", content);
        Assert.Equal(ErrorIds.BadIdxLength, Assert.Throws<ImagingException>(() => ImageSources.Open(path)).Id);
    }

    [Fact]
    public void Labels_must_be_as_many_as_pictures()
    {
        string path = _folder.IdxImages("x-images-idx3-ubyte", 3);
        _folder.IdxLabels("x-labels-idx1-ubyte", 1, 2);
        Assert.Equal(ErrorIds.BadIdxLength, Assert.Throws<ImagingException>(() => ImageSources.Open(path)).Id);
    }

    [Fact]
    public void A_broken_gzip_file_is_refused()
    {
        string path = _folder.IdxImages("x-images-idx3-ubyte.gz", 30);
        byte[] packed = File.ReadAllBytes(path);
        packed.AsSpan(12, 20).Fill(0xFF);
        File.WriteAllBytes(path, packed);
        Assert.Equal(ErrorIds.UnreadableDataSet, Assert.Throws<ImagingException>(() => ImageSources.Open(path)).Id);
    }

    [Fact]
    public void A_test_label_that_training_lacks_is_no_label()
    {
        _folder.IdxImages("train-images-idx3-ubyte", 2);
        _folder.IdxLabels("train-labels-idx1-ubyte", 0, 1);
        _folder.IdxImages("t10k-images-idx3-ubyte", 1);
        _folder.IdxLabels("t10k-labels-idx1-ubyte", 2);
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal(-1, splits.Test!.Label(0));
        Assert.Contains("(2)", Assert.Single(splits.Notes), StringComparison.Ordinal);
    }

    [Theory, InlineData(0x0803, 1, 2, 2), InlineData(0, 0, 0, 0)]
    public void A_few_bytes_that_unpack_to_many_are_unpacked_no_further_than_the_head_claims(int magic, int count, int rows, int columns)
    {
        byte[] bomb = new byte[64 << 20];
        TempFolder.Words(magic, count, rows, columns).CopyTo(bomb, 0);
        string path = _folder.Gzip("x-images-idx3-ubyte.gz", bomb);
        Assert.True(new FileInfo(path).Length < 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImagingException>(() => ImageSources.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    public void Dispose() => _folder.Dispose();
}
