using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class Stl10SourceTests : IDisposable
{
    private const int Plane = 96 * 96;
    private readonly string _folder = Directory.CreateTempSubdirectory("stl10").FullName;

    [Fact]
    public void Packing_would_leave_the_unlabeled_pictures_out_and_is_refused()
    {
        Write("train_X.bin", new byte[3 * Plane]);
        Write("train_y.bin", [1]);
        Write("unlabeled_X.bin", new byte[3 * 3 * Plane]);
        using DataSplits splits = DataSets.Open(_folder);
        ImagingException error = Assert.Throws<ImagingException>(() =>
            Packer.Run(splits, Path.Combine(_folder, "all.pack"), new PackOptions()));
        Assert.Equal(ErrorIds.CannotPack, error.Id);
        Assert.Contains("3 unlabeled pictures", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Planes_are_read_column_by_column_and_labels_count_from_1()
    {
        byte[] picture = new byte[3 * Plane];
        picture[5 * 96 + 2] = 10;                       // red at column 5, row 2
        picture[Plane + 5 * 96 + 2] = 20;
        picture[2 * Plane + 5 * 96 + 2] = 30;
        Write("train_X.bin", [.. new byte[3 * Plane], .. picture]);
        Write("train_y.bin", [10, 1]);
        Write("unlabeled_X.bin", new byte[3 * 3 * Plane]);
        Write("class_names.txt", "airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n"u8.ToArray());
        using DataSplits splits = DataSets.Open(_folder);
        Assert.Equal((2, 3), (splits.Train.Count, splits.Unlabeled!.Count));
        Assert.Equal([9, 0, -1], new[] { splits.Train.Label(0), splits.Train.Label(1), splits.Unlabeled.Label(2) });
        Assert.Equal("truck", splits.Train.Classes[splits.Train.Label(0)]);
        Image image = splits.Train.Load(1, new DecodeRequest());
        Assert.Equal([10, 20, 30], image.Row(2).Slice(3 * 5, 3).ToArray());
        Assert.Equal(60, image.Samples.ToArray().Sum(static sample => sample));
    }

    [Fact]
    public void Pixels_that_look_like_the_start_of_a_gzip_file_are_pixels()
    {
        byte[] picture = new byte[3 * Plane];
        (picture[0], picture[1]) = (0x1F, 0x8B);
        Write("train_X.bin", picture);
        Write("train_y.bin", [1]);
        using DataSplits splits = DataSets.Open(_folder);
        Assert.Equal(0x1F, splits.Train.Load(0, new DecodeRequest()).Samples[0]);
    }

    [Fact]
    public void A_file_of_a_wrong_length_is_refused_with_both_numbers()
    {
        Write("train_X.bin", new byte[3 * Plane + 1]);
        Write("train_y.bin", [1]);
        ImagingException error = Assert.Throws<ImagingException>(() => DataSets.Open(_folder));
        Assert.Equal("MS3034", error.Id);
        Assert.Contains("27,648", error.Message, StringComparison.Ordinal);
        Assert.Contains("27,649", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(new byte[] { 1, 2 }, "MS3034"), InlineData(new byte[] { 11 }, "MS3035"), InlineData(new byte[] { 0 }, "MS3035")]
    public void Labels_that_do_not_fit_are_refused(byte[] labels, string id)
    {
        Write("train_X.bin", new byte[3 * Plane]);
        Write("train_y.bin", labels);
        Assert.Equal(id, Assert.Throws<ImagingException>(() => DataSets.Open(_folder)).Id);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, name), bytes);
}
