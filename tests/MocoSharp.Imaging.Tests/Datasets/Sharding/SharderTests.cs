using System.Formats.Tar;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Sharding;
using MocoSharp.Imaging.Loading;
using MocoSharp.Imaging.Tests.Loading;

namespace MocoSharp.Imaging.Tests.Datasets.Sharding;

public sealed class SharderTests : IDisposable
{
    private const int PerClass = 30;
    private readonly TempFolder _folder = new();

    public SharderTests()
    {
        foreach (string split in new[] { "train", "test" })
            for (int i = 0; i < PerClass; i++)
                foreach (string name in new[] { "blue", "red" })
                {
                    Image image = new(20 + i % 5, 20, 3);
                    Rng rng = Rng.For((ulong)i, sample: name.Length, view: split.Length);
                    for (int k = 0; k < image.Samples.Length; k++)
                        image.Samples[k] = (byte)rng.NextInt32(256);
                    _folder.Write($"data/{split}/{name}/{i:00}.{(i % 3 == 0 ? "png" : "jpg")}",
                        i % 3 == 0 ? ImageEncoder.Png(image) : ImageEncoder.Jpeg(image));
                }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Shards_hold_the_folders_files_names_labels_and_classes()
    {
        ShardResult result = Make(new ShardOptions(Count: 7));
        Assert.Equal((2 * 9, 4L * PerClass), (result.Shards, result.Pictures));
        using DataSplits folder = DataSets.Open(_folder["data"]), shards = DataSets.Open(_folder["shards"]);
        foreach ((IImageSource expected, IImageSource actual) in new[] { (folder.Train, shards.Train), (folder.Test!, shards.Test!) })
        {
            Assert.Equal(expected.Classes, actual.Classes);
            Assert.Equal(Labels(expected).Order(), Labels(actual).Order());
            Assert.NotEqual(Labels(expected), Labels(actual));          // shuffled once, so that no class lies by itself
            Dictionary<string, int> at = Enumerable.Range(0, expected.Count).ToDictionary(expected.Name);
            for (int i = 0; i < actual.Count; i++)
                Assert.True(expected.Load(at[actual.Name(i)], default).Samples.SequenceEqual(actual.Load(i, default).Samples));
        }
        Assert.Equal(("train/", "test/"), (shards.TrainFolder, shards.TestFolder));
    }

    [Fact]
    public void A_tar_has_what_webdataset_reads()
    {
        Make(new ShardOptions(Count: 7));
        using FileStream file = File.OpenRead(_folder["shards/train-000000.tar"]);
        using TarReader reader = new(file);
        List<string> names = [];
        for (int i = 0; i < 3; i++)
        {
            TarEntry entry = reader.GetNextEntry()!;
            names.Add(entry.Name);
            if (entry.Name.EndsWith(".cls", StringComparison.Ordinal))
                Assert.Matches("^[01]$", new StreamReader(entry.DataStream!).ReadToEnd());
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal))
                Assert.Matches("^\\{\"file\":\"(blue|red)/\\d\\d\\.(jpg|png)\",\"class\":\"(blue|red)\"\\}$",
                    new StreamReader(entry.DataStream!).ReadToEnd());
        }
        Assert.Equal(["000000000.cls", "000000000.json"], names.Skip(1));
        Assert.Matches("^000000000\\.(jpg|png)$", names[0]);
    }

    [Fact]
    public void The_same_pictures_give_the_same_bytes_and_force_leaves_nothing_old()
    {
        Make(new ShardOptions(Count: 7));
        Dictionary<string, byte[]> first = Files("shards");
        Make(new ShardOptions(Count: 1), replace: true);
        Make(new ShardOptions(Count: 7), replace: true);
        Assert.Equal(first.Keys, Files("shards").Keys);
        Assert.All(Files("shards"), file => Assert.Equal(first[file.Key], file.Value));
    }

    [Fact]
    public void A_shard_is_no_longer_than_asked_but_for_one_picture()
    {
        for (int i = 0; i < 12; i++)
            _folder.Write($"large/{i}.png", ImageEncoder.Png(Noise(500)));
        using DataSplits splits = DataSets.Open(_folder["large"]);
        ShardResult result = Sharder.Run(splits, _folder["parts"], new ShardOptions(Megabytes: 2), cancel: Cancel);
        long[] lengths = [.. Directory.GetFiles(_folder["parts"], "*.tar").Select(path => new FileInfo(path).Length)];
        Assert.Equal((result.Shards, result.Bytes), (lengths.Length, lengths.Sum()));
        Assert.All(lengths, length => Assert.InRange(length, 500_000, 2_020_000));
    }

    [Fact]
    public void Views_of_an_epoch_are_those_of_the_same_pictures_whatever_the_shards_and_the_threads()
    {
        Make(new ShardOptions(Count: 7));
        using IImageSource shards = ImageSources.Open(_folder["shards"]);
        ViewLoader one = Loader(shards, workers: 1), many = Loader(shards, workers: 4);
        LoaderReading.AssertSame(LoaderReading.Read(one, epoch: 1), LoaderReading.Read(many, epoch: 1));
        LoaderReading.AssertSame(LoaderReading.Read(one, epoch: 1)[3..], LoaderReading.Read(many, epoch: 1, firstBatch: 3));
    }

    [Fact]
    public void Sources_without_files_become_png()
    {
        _folder.Cifar("cifar/data_batch_1.bin", 1, [.. Enumerable.Range(0, 20).Select(i => (byte)(i % 10))]);
        using DataSplits splits = DataSets.Open(_folder["cifar"]);
        Sharder.Run(splits, _folder["shards"], new ShardOptions(Count: 8), cancel: Cancel);
        using DataSplits shards = DataSets.Open(_folder["shards"]);
        Assert.Equal((20, 10), (shards.Train.Count, shards.Train.Classes.Count));
        for (int i = 0; i < 20; i++)
            Assert.Equal(10 + shards.Train.Label(i), shards.Train.Load(i, default).Samples[0]);
    }

    [Fact]
    public void Shards_of_shards_keep_names_and_labels()
    {
        Make(new ShardOptions(Count: 7));
        using DataSplits shards = DataSets.Open(_folder["shards"]);
        Sharder.Run(shards, _folder["again"], new ShardOptions(Count: 20), cancel: Cancel);
        using DataSplits again = DataSets.Open(_folder["again"]);
        Assert.Equal(Labels(shards.Train).Order(), Labels(again.Train).Order());
    }

    [Fact]
    public void Files_that_are_no_pictures_are_left_out_and_named_and_too_many_end_it()
    {
        _folder.Write("data/train/red/zz.jpg", "no picture");
        ImagingException refused = Assert.Throws<ImagingException>(() => Make(new ShardOptions(MaximumBadShare: 0)));
        Assert.Equal(ErrorIds.TooManyBadPictures, refused.Id);
        Assert.Empty(Directory.GetFiles(_folder["shards"]));
        ShardResult result = Make(new ShardOptions(MaximumBadShare: 0.1));
        Assert.StartsWith("red/zz.jpg: ", Assert.Single(result.LeftOut), StringComparison.Ordinal);
        Assert.Equal(4L * PerClass, result.Pictures);
    }

    [Fact]
    public void Shards_that_are_there_are_kept_without_force_and_other_files_always()
    {
        Make(new ShardOptions(Count: 7));
        _folder.Write("shards/readme.txt", "mine");
        Dictionary<string, byte[]> before = Files("shards");
        Assert.Equal(ErrorIds.CannotShard, Assert.Throws<ImagingException>(() => Make(new ShardOptions())).Id);
        Assert.Equal(before.Values, Files("shards").Values);
        Make(new ShardOptions(), replace: true);
        Assert.Equal("mine", File.ReadAllText(_folder["shards/readme.txt"]));
        Assert.Equal(ErrorIds.CannotShard, Assert.Throws<ImagingException>(() => Make(new ShardOptions(), folder: "shards/readme.txt")).Id);
    }

    [Theory]
    [InlineData(0, 0, 0.1), InlineData(1, -1, 0.1), InlineData(1, 0, 1.5), InlineData(2_000_000, 0, 0), InlineData(1, 2_000_000, 0)]
    public void Options_out_of_range_are_refused(int megabytes, int count, double share) => Assert.Equal(ErrorIds.CannotShard,
        Assert.Throws<ImagingException>(() => Make(new ShardOptions(megabytes, count, share))).Id);

    [Fact]
    public void A_stop_leaves_no_set_and_the_same_call_makes_it_with_force()
    {
        using CancellationTokenSource stop = new();
        using DataSplits splits = DataSets.Open(_folder["data"]);
        Assert.Throws<OperationCanceledException>(() => Sharder.Run(splits, _folder["shards"], new ShardOptions(Count: 7),
            _ => stop.Cancel(), cancel: stop.Token));
        Assert.DoesNotContain(Directory.GetFiles(_folder["shards"]), static path => path.EndsWith(".partial", StringComparison.Ordinal)
            || path.EndsWith(".json", StringComparison.Ordinal));
        Make(new ShardOptions(Count: 7), replace: true);
        using DataSplits shards = DataSets.Open(_folder["shards"]);
        Assert.Equal(2 * PerClass, shards.Train.Count);
    }

    public void Dispose() => _folder.Dispose();

    private ShardResult Make(ShardOptions options, bool replace = false, string folder = "shards")
    {
        using DataSplits splits = DataSets.Open(_folder["data"]);
        return Sharder.Run(splits, _folder[folder], options, replace: replace, cancel: Cancel);
    }

    private Dictionary<string, byte[]> Files(string folder) => Directory.GetFiles(_folder[folder]).Order(StringComparer.Ordinal)
        .ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes);

    private static (string, int)[] Labels(IImageSource source) =>
        [.. Enumerable.Range(0, source.Count).Select(i => (source.Name(i), source.Label(i)))];

    private static ViewLoader Loader(IImageSource source, int workers) => new(source, LoaderReading.DemoViews,
        new LoaderOptions { BatchSize = 8, Workers = workers, Seed = 3, ShuffleBuffer = 20 });

    private static Image Noise(int side)
    {
        Image image = new(side, side, 3);
        Rng rng = Rng.For((ulong)side);
        for (int k = 0; k < image.Samples.Length; k++)
            image.Samples[k] = (byte)rng.NextInt32(256);
        return image;
    }
}
