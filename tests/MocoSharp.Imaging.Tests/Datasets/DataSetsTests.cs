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
    public void Pictures_of_a_class_that_only_the_test_part_has_are_left_out_of_tests_and_named()
    {
        _folder.Pictures("train/a/1.png", "train/b/2.png", "test/a/3.png", "test/zebra/4.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal([0, -1], Enumerable.Range(0, 2).Select(splits.Test!.Label));
        Assert.Equal("1 test picture is left out of tests, since no training picture is of that class (zebra): zebra/4.png is the first",
            Assert.Single(splits.Notes));
    }

    [Theory]
    [InlineData("Train", "Test"), InlineData("training", "testing"), InlineData("train", "validation"), InlineData("TRAIN", "VAL"),
        InlineData("train", "Dev")]
    public void Parts_are_found_by_their_usual_names_in_upper_or_lower_case(string train, string test)
    {
        _folder.Pictures($"{train}/a/1.png", $"{train}/b/2.png", $"{test}/a/3.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal((2, 1), (splits.Train.Count, splits.Test?.Count));
        Assert.Empty(splits.Notes);
    }

    [Fact]
    public void Folders_beside_the_parts_are_named_and_so_is_a_test_part_that_is_learned_from()
    {
        _folder.Pictures("one/train/a/1.png", "one/train/b/2.png", "one/extra/3.png", "two/Test/4.png", "two/mine/5.png");
        using (DataSplits one = DataSets.Open(_folder["one"]))
            Assert.Equal("pictures are learned from train/ alone; extra/ is left out (a second --data takes it too)",
                Assert.Single(one.Notes));
        using DataSplits two = DataSets.Open(_folder["two"]);
        Assert.StartsWith("Test/ is learned from like every other folder, since no folder is called train", Assert.Single(two.Notes),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_folder_without_pictures_is_named_and_stops_nobody()
    {
        _folder.Pictures("train/a/1.png", "train/b/2.png");
        _folder.Write("eval/results.txt", "");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Null(splits.Test);
        Assert.Equal("eval/ holds no picture to test on", Assert.Single(splits.Notes));
    }

    [Fact]
    public void Hidden_pictures_are_counted_and_what_Macs_leave_is_not()
    {
        _folder.Pictures("1.png", ".2.png", "._1.png", ".hidden/3.png");
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal(1, splits.Train.Count);
        Assert.Equal("passed over, since its name begins with a dot: 1 picture (rename it to have it read)",
            Assert.Single(splits.Train.Notes));
    }

    [Fact]
    public void A_stray_picture_beside_class_folders_is_named()
    {
        _folder.Pictures([.. Enumerable.Range(0, 12).SelectMany(static i => new[] { $"train/a/{i}.png", $"train/b/{i}.png" }),
            "train/preview.png"]);
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal("folders are not taken for classes, since preview.png does not lie in one: move it away to have labels",
            Assert.Single(splits.Train.Notes));
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
