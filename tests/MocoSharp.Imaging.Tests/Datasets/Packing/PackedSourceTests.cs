using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Tests.Datasets.Packing;

public sealed class PackedSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackedSourceTests()
    {
        _folder.Pictures("a/train/cat/1.png", "a/train/cat/2.png", "a/train/dog/1.png", "a/test/cat/9.png", "a/test/dog/9.png",
            "b/dog/7.png", "b/cat/8.png");
        foreach (string name in new[] { "a", "b" })
            using (DataSplits splits = DataSets.Open(_folder[name]))
                Packer.Run(splits, _folder[name + ".pack"], new PackOptions(), cancel: TestContext.Current.CancellationToken);
    }

    private string Both => _folder["a.pack"];

    [Fact]
    public void The_checksum_is_the_published_one()
    {
        Assert.Equal(0xE3069283, Checksum.Of("123456789"u8));       // RFC 3720's CRC-32C of this text
    }

    [Fact]
    public void A_source_by_itself_is_the_training_part()
    {
        using IImageSource source = ImageSources.Open(Both);
        Assert.Equal(["cat/1.png", "cat/2.png", "dog/1.png"], Enumerable.Range(0, source.Count).Select(source.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Load(3, new()));
    }

    [Fact]
    public void Test_pictures_may_come_from_another_file_or_from_that_ones_test_part()
    {
        using DataSplits other = DataSets.Open(Both, _folder["b.pack"]), own = DataSets.Open(_folder["b.pack"], Both),
            folder = DataSets.Open(Both, _folder["b"]);
        Assert.Equal(["cat/8.png", "dog/7.png"], [other.Test!.Name(0), other.Test.Name(1)]);
        Assert.Equal(["cat/9.png", "dog/9.png"], [own.Test!.Name(0), own.Test.Name(1)]);
        Assert.Equal([0, 1], [folder.Test!.Label(0), folder.Test.Label(1)]);
    }

    [Fact]
    public void Labels_are_those_in_the_file_or_none()
    {
        using DataSplits none = DataSets.Open(Both, new SourceOptions { Labels = LabelsFrom.None });
        Assert.Empty(none.Train.Classes);
        Assert.Equal(-1, none.Train.Label(2));
        ImagingException refused = Assert.Throws<ImagingException>(() =>
            DataSets.Open(Both, new SourceOptions { Labels = LabelsFrom.Csv("labels.csv") }));
        Assert.Equal((ErrorIds.PackLabels, Both), (refused.Id, refused.At));
    }

    [Fact]
    public void A_damaged_picture_is_named_with_both_checksums_and_the_others_can_be_read()
    {
        byte[] bytes = File.ReadAllBytes(Both);
        bytes[PackHeader.Size] ^= 1;
        using DataSplits damaged = DataSets.Open(_folder.Write("damaged.pack", bytes));
        BadImageException refused = Assert.Throws<BadImageException>(() => damaged.Train.Load(0, new()));
        Assert.Equal(ErrorIds.PackChecksum, refused.Id);
        Assert.Matches("its checksum is [0-9a-f]{8}, and the index says [0-9a-f]{8}", refused.Message);
        Assert.EndsWith("damaged.pack: cat/1.png", refused.At, StringComparison.Ordinal);
        Assert.Equal(2, damaged.Train.Load(1, new()).Width);
    }

    [Fact]
    public void Every_changed_byte_outside_the_pictures_is_found()
    {
        byte[] whole = File.ReadAllBytes(Both);
        int index = (int)BitConverter.ToUInt64(whole, 24);
        foreach (int at in Enumerable.Range(8, PackHeader.Size - 8).Concat(Enumerable.Range(index, whole.Length - index)))
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= 0x10;
            ImagingException refused = Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Write("changed.pack", bytes)));
            Assert.Contains(refused.Id, new[] { ErrorIds.PackVersion, ErrorIds.PackChecksum, ErrorIds.PackLength });
        }
    }

    [Fact]
    public void A_file_cut_short_anywhere_and_another_version_are_refused()
    {
        byte[] whole = File.ReadAllBytes(Both);
        foreach (int length in new[] { 8, 40, 64, 70, whole.Length - 1 })
            Assert.Equal(ErrorIds.PackLength,
                Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Write("short.pack", whole.AsSpan(0, length)))).Id);
        whole[8] = 2;
        ImagingException refused = Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Write("later.pack", whole)));
        Assert.Equal(ErrorIds.PackVersion, refused.Id);
        Assert.Equal("the packed file has version 2, and this program reads version 1", refused.Message);
    }

    [Fact]
    public void Pictures_above_the_limit_on_pixels_are_refused_as_elsewhere()
    {
        using DataSplits splits = DataSets.Open(Both);
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<BadImageException>(() => splits.Train.Load(0, new(MaximumPixels: 3))).Id);
    }

    public void Dispose() => _folder.Dispose();
}
