using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class DataSetsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory, InlineData("test"), InlineData("val"), InlineData("valid")]
    public void A_folder_with_train_inside_gives_both_parts(string test)
    {
        _folder.Pictures("train/a/1.png", "train/b/2.png", "train/c/3.png", $"{test}/a/4.png", $"{test}/c/5.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal(["a", "b", "c"], splits.Train.Classes);
        Assert.Equal(["a", "b", "c"], splits.Test!.Classes);
        Assert.Equal([0, 2], Enumerable.Range(0, 2).Select(splits.Test.Label));
        Assert.Equal("c/5.png", splits.Test.Name(1));
    }

    [Fact]
    public void Of_several_test_parts_the_labeled_one_is_taken()
    {
        _folder.Pictures("train/a/1.png", "train/b/2.png", "test/x.png", "val/a/4.png", "val/b/5.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal("a/4.png", splits.Test!.Name(0));
    }

    [Fact]
    public void A_folder_without_train_inside_is_taken_as_it_is()
    {
        _folder.Pictures("a/1.png", "b/2.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal(2, splits.Train.Count);
        Assert.Null(splits.Test);
    }

    [Fact]
    public void A_class_that_only_the_test_part_has_is_named()
    {
        _folder.Pictures("train/a/1.png", "train/b/2.png", "test/a/3.png", "test/zebra/4.png");
        ImagingException error = Assert.Throws<ImagingException>(() => DataSets.Open(_folder.Root));
        Assert.Equal(ErrorIds.UnknownTestClass, error.Id);
        Assert.EndsWith("lack: zebra", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_pictures_may_come_from_elsewhere()
    {
        _folder.Pictures("mine/train/a/1.png", "mine/train/b/2.png", "mine/test/a/3.png", "theirs/b/4.png", "theirs/a/5.png");
        using DataSplits splits = DataSets.Open(_folder["mine"], _folder["theirs"]);
        Assert.Equal(["a/5.png", "b/4.png"], Enumerable.Range(0, 2).Select(splits.Test!.Name));
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(splits.Test.Label));
    }

    [Fact]
    public void One_csv_file_labels_both_parts()
    {
        _folder.Pictures("train/1.png", "train/2.png", "test/3.png", "test/4.png");
        LabelsFrom labels = LabelsFrom.Csv(_folder.Write("labels.csv", "file,label\ntrain/1.png,x\ntrain/2.png,y\ntest/3.png,y\n"));
        using DataSplits splits = DataSets.Open(_folder.Root, new() { Labels = labels });
        Assert.Equal(["x", "y"], splits.Test!.Classes);
        Assert.Equal([1, -1], Enumerable.Range(0, 2).Select(splits.Test.Label));
    }

    [Fact]
    public void A_csv_file_that_labels_no_training_picture_is_refused()
    {
        _folder.Pictures("train/1.png");
        LabelsFrom labels = LabelsFrom.Csv(_folder.Write("labels.csv", "file,label\n1.png,x\n"));
        Assert.Equal(ErrorIds.BadLabelFile, Assert.Throws<ImagingException>(() =>
            DataSets.Open(_folder.Root, new() { Labels = labels })).Id);
    }

    public void Dispose() => _folder.Dispose();
}
