using System.Formats.Tar;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Sharding;

namespace MocoSharp.Imaging.Tests.Datasets.Sharding;

/// <summary>Shards that others made, and what can be wrong with them.</summary>
public sealed class ForeignShardTests : IDisposable
{
    private static readonly byte[] s_png = ImageEncoder.Png(new Image(2, 2, 3));
    private readonly TempFolder _folder = new();

    public ForeignShardTests()
    {
        for (int shard = 0; shard < 3; shard++)
            Tar($"train-00{shard}.tar", [.. Enumerable.Range(0, 4).SelectMany(i => new[]
            {
                Tars.Text($"./d/{shard}{i}.txt", "a caption"), ($"./d/{shard}{i}.png", s_png),
                Tars.Text($"./d/{shard}{i}.cls", $"{i % 3}\n"),
            })]);
    }

    private string List => _folder["train-{000..002}.tar"];

    [Fact]
    public void A_list_without_an_index_is_read_by_its_headers()
    {
        using DataSplits splits = DataSets.Open(List);
        IImageSource train = splits.Train;
        Assert.Equal((12, "0,1,2"), (train.Count, string.Join(',', train.Classes)));
        Assert.Equal(("train-001.tar/d/12.png", 2), (train.Name(6), train.Label(6)));
        Assert.Equal([4, 4, 4], train.Blocks);
        Assert.Contains(train.Notes, static note => note.StartsWith("12 members of shards are neither", StringComparison.Ordinal));
        Assert.Contains(train.Notes, static note => note.Contains("--index makes one", StringComparison.Ordinal));
        Assert.Equal(2, train.Load(6, default).Width);
    }

    [Fact]
    public void An_index_gives_the_same_pictures_and_finds_changes()
    {
        using DataSplits before = DataSets.Open(List);
        ShardResult result = Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken);
        Assert.Equal((3, 12L), (result.Shards, result.Pictures));
        using (DataSplits folder = DataSets.Open(_folder.Root), list = DataSets.Open(List),
            part = DataSets.Open(_folder["train-{001..002}.tar"]))
        {
            Assert.Equal(All(before.Train), All(folder.Train));
            Assert.Equal(All(before.Train), All(list.Train));
            Assert.Equal(All(before.Train).Skip(4), All(part.Train));
            Assert.NotEqual(list.Train.Digest, part.Train.Digest);
        }
        Assert.Equal(ErrorIds.CannotShard, Assert.Throws<ImagingException>(() =>
            Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken)).Id);
        File.Copy(_folder["train-000.tar"], _folder["train-003.tar"]);
        Refused(_folder.Root, ErrorIds.ShardChanged);
        Refused(_folder["train-{000..003}.tar"], ErrorIds.ShardChanged);
        File.Delete(_folder["train-003.tar"]);
        Refused(_folder["train-{000..003}.tar"], ErrorIds.MissingShard);
        File.AppendAllText(_folder["train-001.tar"], "x");
        Refused(_folder.Root, ErrorIds.ShardChanged);
        File.Delete(_folder["train-001.tar"]);
        Refused(_folder.Root, ErrorIds.MissingShard);
    }

    [Fact]
    public void A_picture_that_is_another_than_the_index_knows_counts_as_unreadable()
    {
        Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken);
        using DataSplits splits = DataSets.Open(_folder.Root);
        byte[] bytes = File.ReadAllBytes(_folder["train-000.tar"]);
        int at = bytes.AsSpan().IndexOf(s_png) + 20;
        bytes[at] ^= 1;
        File.WriteAllBytes(_folder["train-000.tar"], bytes);
        Assert.Equal(ErrorIds.ShardChecksum, Assert.Throws<BadImageException>(() => splits.Train.Load(0, default)).Id);
        Assert.Equal(2, splits.Train.Load(1, default).Width);
    }

    [Theory, InlineData("train-001.idx", 3), InlineData("train-001.idx", 40), InlineData("train-001.idx", -3), InlineData("shards.json", 5),
        InlineData("shards.json", -2)]
    public void A_damaged_index_is_refused(string file, int at)
    {
        Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken);
        byte[] bytes = File.ReadAllBytes(_folder[file]);
        bytes[at < 0 ? bytes.Length + at : at] ^= 0x55;
        File.WriteAllBytes(_folder[file], bytes);
        Assert.Equal(ErrorIds.BadShardIndex, Assert.Throws<ImagingException>(() =>
        {
            using DataSplits splits = DataSets.Open(_folder.Root);
            splits.Train.Label(5);
        }).Id);
    }

    [Fact]
    public void Shards_called_val_are_to_test_on()
    {
        File.Copy(_folder["train-000.tar"], _folder["val-000.tar"]);
        Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken);
        using DataSplits splits = DataSets.Open(_folder.Root);
        Assert.Equal((12, 4), (splits.Train.Count, splits.Test!.Count));
        using DataSplits other = DataSets.Open(List, _folder["val-000.tar"]);
        Assert.Equal(4, other.Test!.Count);
    }

    [Fact]
    public void A_truncated_shard_is_named_wherever_it_ends()
    {
        byte[] whole = File.ReadAllBytes(_folder["train-002.tar"]);
        for (int length = 1; length < whole.Length - 1024; length += 256)
        {
            File.WriteAllBytes(_folder["train-002.tar"], whole[..length]);
            ImagingException refused = Refused(List, ErrorIds.BadShard);
            Assert.Equal(_folder["train-002.tar"], refused.At);
        }
    }

    [Fact]
    public void Damaged_shards_give_errors_of_their_own_and_nothing_else()
    {
        byte[] whole = File.ReadAllBytes(_folder["train-002.tar"]);
        Rng rng = Rng.For(7);
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] bytes = [.. whole];
            for (int change = rng.NextInt32(8); change >= 0; change--)
                bytes[rng.NextInt32(bytes.Length)] = (byte)rng.NextInt32(256);
            File.WriteAllBytes(_folder["train-002.tar"], bytes);
            try
            {
                using DataSplits splits = DataSets.Open(List);
                for (int i = 8; i < splits.Train.Count; i++)
                    _ = splits.Train.Load(i, default);
            }
            catch (ImagingException)
            {
            }
        }
    }

    [Fact]
    public void Empty_compressed_and_pictureless_shards_are_refused()
    {
        _folder.Write("train-001.tar", "");
        Refused(List, ErrorIds.BadShard);
        _folder.Gzip("train-001.tar", "anything"u8);
        Assert.Contains("compressed", Refused(List, ErrorIds.BadShard).Message, StringComparison.Ordinal);
        Tar("train-001.tar", [Tars.Text("a.cls", "1")]);
        Assert.Contains("no picture", Refused(List, ErrorIds.BadShard).Message, StringComparison.Ordinal);
        File.Delete(_folder["train-001.tar"]);
        Assert.Equal(_folder["train-001.tar"], Refused(List, ErrorIds.MissingShard).At);
    }

    [Theory]
    [InlineData("../a.png"), InlineData("/etc/a.png"), InlineData("d/../../a.png"), InlineData("d/\u001b[31ma.png")]
    public void Names_that_lead_out_of_the_shard_are_refused(string name)
    {
        Tar("train-001.tar", [(name, s_png)]);
        Assert.DoesNotContain('\u001b', Refused(List, ErrorIds.BadShardMember).Message);
    }

    [Fact]
    public void Members_of_a_key_that_contradict_each_other_are_refused()
    {
        Tar("train-001.tar", [("a.png", s_png), ("a.jpg", s_png)]);
        Refused(List, ErrorIds.BadShardMember);
        Tar("train-001.tar", [("a.png", s_png), ("a.png", s_png)]);
        Refused(List, ErrorIds.BadShardMember);
        Tar("train-001.tar", [("a.png", s_png), ("b.png", s_png), Tars.Text("a.cls", "1")]);
        Assert.Contains("--sort=name", Refused(List, ErrorIds.BadShardMember).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_a_picture_are_counted_and_links_are_not_followed()
    {
        using (FileStream file = File.Create(_folder["train-001.tar"]))
        using (TarWriter writer = new(file))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "x.cls") { DataStream = new MemoryStream("7"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "y.png") { LinkName = "/etc/passwd" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "z.seg.png") { DataStream = new MemoryStream(s_png) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "z.png") { DataStream = new MemoryStream(s_png) });
        }
        using DataSplits splits = DataSets.Open(_folder["train-001.tar"]);
        Assert.Equal(1, splits.Train.Count);
        Assert.Contains("1 key has no picture and is passed over", splits.Train.Notes);
        Assert.Contains(splits.Train.Notes, static note => note.StartsWith("2 members", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_may_be_words_or_lie_in_the_description_and_may_be_missing()
    {
        Tar("words.tar", [("a.png", s_png), Tars.Text("a.cls", "dog"), ("b.png", s_png),
            Tars.Text("b.json", "{\"class\":\"cat\",\"file\":\"c/b.png\"}"),
            ("c.png", s_png), Tars.Text("c.json", "[1, 2"), ("d.png", s_png), Tars.Text("d.cls", "7")]);
        using DataSplits splits = DataSets.Open(_folder["words.tar"]);
        Assert.Equal(["7", "cat", "dog"], splits.Train.Classes);
        Assert.Equal([2, 1, -1, 0], Enumerable.Range(0, 4).Select(splits.Train.Label));
        Assert.Equal("c/b.png", splits.Train.Name(1));
        Assert.Contains("1 of the 4 pictures have no label", splits.Train.Notes);
    }

    [Fact]
    public void What_shards_do_not_hold_is_refused()
    {
        Assert.Equal(ErrorIds.ShardsLack, Assert.Throws<ImagingException>(() =>
            DataSets.Open(List, new SourceOptions { Labels = LabelsFrom.Csv("a.csv") })).Id);
        using DataSplits none = DataSets.Open(List, new SourceOptions { Labels = LabelsFrom.None });
        Assert.Empty(none.Train.Classes);
        Assert.Equal(-1, none.Train.Label(0));
        Refused(_folder["{a,b}/x.tar"], ErrorIds.ShardList);
    }

    [Fact]
    public void No_more_shards_stay_open_than_allowed_and_those_in_use_are_never_closed()
    {
        Sharder.Index(_folder.Root, cancel: TestContext.Current.CancellationToken);
        int opened = 0;
        using OpenShards shards = new(number =>
        {
            opened++;
            return new OpenShard($"{number}", File.OpenHandle(_folder["train-000.tar"]), ShardIndex.Read(_folder["train-000.idx"]));
        }, most: 2);
        OpenShard zero = shards.Rent(0);
        for (int number = 1; number < 9; number++)
            shards.Return(shards.Rent(number));
        Assert.False(zero.File.IsClosed);
        Assert.Equal((2, 9), (shards.Count, opened));
        Assert.Same(zero, shards.Rent(0));
    }

    public void Dispose() => _folder.Dispose();

    private static ImagingException Refused(string path, string id)
    {
        ImagingException refused = Assert.Throws<ImagingException>(() => DataSets.Open(path).Dispose());
        Assert.Equal(id, refused.Id);
        Assert.False(string.IsNullOrEmpty(refused.Fix));
        return refused;
    }

    private void Tar(string name, params (string Name, byte[] Content)[] members) => Tars.Write(_folder[name], members);

    private static (string, int)[] All(IImageSource source) =>
        [.. Enumerable.Range(0, source.Count).Select(i => (source.Name(i), source.Label(i)))];
}
