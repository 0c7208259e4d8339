using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class CifarSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Cifar_10_batches_are_one_source_with_a_test_part()
    {
        _folder.Cifar("data_batch_1.bin", 1, 9, 0);
        _folder.Cifar("data_batch_2.bin", 1, 5);
        _folder.Cifar("test_batch.bin", 1, 3);
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal([9, 0, 5], Enumerable.Range(0, 3).Select(splits.Train.Label));
        Assert.Equal("data_batch_2.bin#0", splits.Train.Name(2));
        Assert.Equal(3, splits.Test!.Label(0));
        Assert.Equal(10, splits.Train.Classes.Count);
        Image image = splits.Train.Load(2, new());
        Assert.Equal((32, 32, 3), (image.Width, image.Height, image.Channels));
        Assert.Equal([15, 25, 35], image.Samples[^3..]);
        Assert.Equal((15 * 19595 + 25 * 38470 + 35 * 7471 + 0x8000) >> 16, splits.Train.Load(2, new(Color.Gray)).Samples[77]);
    }

    [Fact]
    public void Cifar_100_has_fine_labels_and_their_names()
    {
        _folder.Cifar("train.bin", 2, 99, 4);
        _folder.Cifar("test.bin", 2, 98);
        _folder.Write("fine_label_names.txt", string.Concat(Enumerable.Range(0, 100).Select(i => $"class-{i}\n")) + "\n");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal([99, 4], Enumerable.Range(0, 2).Select(splits.Train.Label));
        Assert.Equal("class-98", splits.Test!.Classes[splits.Test.Label(0)]);
        Assert.Equal([14, 24, 34], splits.Train.Load(1, new()).Samples[..3]);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void A_file_of_another_name_is_told_by_its_length(int labelBytes)
    {
        using IImageSource source = ImageSources.Open(_folder.Cifar("mine.bin", labelBytes, 1, 2, 3));
        Assert.Equal((3, 2), (source.Count, source.Label(1)));
    }

    [Theory, InlineData("data_batch_1.bin", 3072), InlineData("train.bin", 3073), InlineData("other.bin", 5000),
        InlineData("data_batch_1.bin", 0)]
    public void A_length_of_no_whole_records_is_refused(string name, int length)
    {
        string path = _folder.Write(name, new byte[length]);
        Assert.Equal(ErrorIds.BadCifarLength, Assert.Throws<ImagingException>(() => ImageSources.Open(path)).Id);
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused()
    {
        string path = _folder.Cifar("data_batch_1.bin", 1, 3, 10);
        ImagingException error = Assert.Throws<ImagingException>(() => ImageSources.Open(path));
        Assert.Equal(ErrorIds.BadCifarLabel, error.Id);
        Assert.Equal("record 1 has the label 10, and CIFAR-10 has 10 classes", error.Message);
    }

    [Fact]
    public void A_file_of_class_names_must_name_each_class()
    {
        _folder.Cifar("test_batch.bin", 1, 3);
        _folder.Write("batches.meta.txt", "airplane\nautomobile\n");
        Assert.Equal(ErrorIds.BadCifarLabel, Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Root)).Id);
    }

    public void Dispose() => _folder.Dispose();
}
