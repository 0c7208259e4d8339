using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Training;

/// <summary>Which changes of a run's pictures are noticed.</summary>
public sealed class DataFingerprintTests : IDisposable
{
    private const int StlPicture = 3 * 96 * 96;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-prints-").FullName;

    [Fact]
    public void A_picture_of_another_length_under_the_same_name_changes_it_but_not_the_old_form()
    {
        foreach (string name in new[] { "a", "b" }) ImageEncoder.Save(new Image(4, 4, 3), At($"{name}.png"));
        (string now, string old) = Of();
        Assert.Equal((now, old), Of());
        Assert.Equal(2, DataFingerprint.Pictures(now));
        ImageEncoder.Save(new Image(300, 300, 3), At("b.png"));
        (string later, string oldLater) = Of();
        Assert.NotEqual(now, later);
        Assert.Equal(old, oldLater);
    }

    [Fact]
    public void Labeled_pictures_that_a_data_set_keeps_apart_count_too()
    {
        File.WriteAllBytes(At("unlabeled_X.bin"), new byte[3 * StlPicture]);
        File.WriteAllBytes(At("train_X.bin"), new byte[2 * StlPicture]);
        File.WriteAllBytes(At("train_y.bin"), [1, 2]);
        string now = Of().Now;
        File.WriteAllBytes(At("train_y.bin"), [1, 3]);
        Assert.NotEqual(now, Of().Now);
    }

    [Fact]
    public void Packed_pictures_of_other_content_change_it()
    {
        string folder = At("pictures"), pack = At("p.pack");
        Directory.CreateDirectory(folder);
        List<string> prints = [];
        foreach (byte gray in new byte[] { 0, 200 })
        {
            Image image = new(4, 4, 3);
            image.Samples.AsSpan().Fill(gray);
            ImageEncoder.Save(image, Path.Combine(folder, "a.png"));
            File.Delete(pack);
            using (DataSplits splits = DataSets.Open(folder))
                Packer.Run(splits, pack, new PackOptions(), cancel: TestContext.Current.CancellationToken);
            using TrainingData data = TrainingData.Open(pack, null, new DataSettings());
            prints.Add(data.Fingerprint());
        }
        Assert.NotEqual(prints[0], prints[1]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string name) => Path.Combine(_root, name);

    private (string Now, string Old) Of()
    {
        using TrainingData data = TrainingData.Open(_root, null, new DataSettings());
        return (data.Fingerprint(), DataFingerprint.Like("2-0123456789abcdef", data));
    }
}
