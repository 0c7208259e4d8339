using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Loading;

/// <summary>The order of pictures that lie in files: what holds for every epoch, and for every number of ranks.</summary>
public sealed class BlockOrderTests
{
    private const int Batch = 12;
    private static readonly int[] s_blocks = [100, 1, 57, 230, 3, 64, 100, 99];
    private static readonly int s_count = s_blocks.Sum();

    [Theory, InlineData(1), InlineData(12), InlineData(100), InlineData(int.MaxValue)]
    public void An_epoch_shows_every_picture_once(int buffer)
    {
        int[] order = Whole(buffer);
        Assert.Equal(Enumerable.Range(0, s_count), order.Order());
        Assert.NotEqual(Enumerable.Range(0, s_count), order);
    }

    [Fact]
    public void Epochs_and_seeds_differ_and_an_epoch_is_always_the_same()
    {
        Assert.Equal(Whole(60), Whole(60));
        Assert.NotEqual(Whole(60), Whole(60, epoch: 1));
        Assert.NotEqual(Whole(60), Whole(60, seed: 4));
    }

    [Fact]
    public void Any_part_can_be_asked_for_in_any_order()
    {
        int[] whole = Whole(60);
        EpochOrder order = Of(60);
        for (int position = s_count - 1; position >= 0; position -= 7)
            Assert.Equal(whole[position], order[position]);
    }

    [Fact]
    public void Without_a_buffer_or_without_files_all_pictures_are_mixed_as_ever()
    {
        LoaderOptions options = new() { BatchSize = Batch, Seed = 3 };
        int[] exact = EpochOrder.Of(new MemorySource(s_count), options, 0).Slice(0, s_count),
            blocks = EpochOrder.Of(Source(), options, 0).Slice(0, s_count),
            noFiles = EpochOrder.Of(new MemorySource(s_count), options with { ShuffleBuffer = 60 }, 0).Slice(0, s_count);
        Assert.Equal(exact, blocks);
        Assert.Equal(exact, noFiles);
    }

    /// <summary>Each rank takes neighboring places of each batch. Together they see the epoch of one process; each reads as many pictures
    /// as the others, from few files, each from its start to its end but for the buffer.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(7)]
    public void Ranks_see_the_epoch_of_one_process_and_end_together(int world)
    {
        int[] whole = Whole(60);
        int batches = s_count / Batch;
        List<int>[] seen = [.. Enumerable.Range(0, world).Select(rank => Taken(rank, world, 0, batches))];
        Assert.Equal(whole.Take(batches * Batch).Order(), seen.SelectMany(static one => one).Order());
        for (int rank = 0; rank < world; rank++)
            Assert.Equal(batches * Share(rank, world).Count, seen[rank].Count);      // none runs dry while others go on
        Assert.InRange(seen.Max(static one => one.Count) - seen.Min(static one => one.Count), 0, batches);
        // the files laid end to end are cut once a rank, and a file that is cut is read by two
        Assert.InRange(seen.Sum(static one => one.Select(BlockOf).Distinct().Count()), 1, s_blocks.Length + world);
    }

    [Fact]
    public void The_number_of_ranks_may_change_in_the_middle_and_each_picture_is_still_seen_once()
    {
        int batches = s_count / Batch, at = 0;
        List<int> seen = [];
        foreach ((int world, int until) in new[] { (1, 10), (2, 19), (7, 30), (4, 41), (3, 50), (1, batches) })
        {
            for (int rank = 0; rank < world; rank++)
                seen.AddRange(Taken(rank, world, at, until));
            at = until;
        }
        Assert.Equal(Whole(60).Take(batches * Batch).Order(), seen.Order());
    }

    [Fact]
    public void A_batch_is_drawn_from_all_over_the_set()
    {
        int[] blocks = [.. Enumerable.Repeat(50, 100)];
        EpochOrder order = new BlockOrder(blocks, new LoaderOptions { BatchSize = 50, ShuffleBuffer = 500, Seed = 3 }, 0);
        for (int batch = 0; batch < 100; batch++)
            Assert.InRange(order.Slice(50 * batch, 50 * batch + 50).Select(static picture => picture / 50).Distinct().Count(), 45, 50);
    }

    [Fact]
    public void A_lane_reads_a_file_to_its_end_before_the_next_but_for_the_buffer()
    {
        const int Lanes = 10, Window = 20;
        int[] blocks = [.. Enumerable.Repeat(100, 60)];
        EpochOrder order = new BlockOrder(blocks, new LoaderOptions { BatchSize = Lanes, ShuffleBuffer = Lanes * Window, Seed = 3 }, 0);
        for (int lane = 0; lane < Lanes; lane++)
        {
            int[] files = [.. Enumerable.Range(0, 600).Select(row => order[row * Lanes + lane] / 100)];
            Assert.All(files.Distinct(), file => Assert.InRange(
                Array.LastIndexOf(files, file) - Array.IndexOf(files, file) + 1, 1, files.Count(other => other == file) + 2 * Window));
            Assert.InRange(files.Distinct().Count(), 6, 7);
        }
    }

    [Fact]
    public void The_order_of_a_billion_pictures_takes_the_buffer_and_a_number_a_file()
    {
        int[] blocks = [.. Enumerable.Repeat(10_000, 100_000)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        EpochOrder order = new BlockOrder(blocks, new LoaderOptions { BatchSize = 1024, ShuffleBuffer = 65_536, Seed = 3 }, 0);
        int[] first = order.Slice(0, 100_000), last = order.Slice(999_900_000, 1_000_000_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
        Assert.Equal(200_000, first.Concat(last).Distinct().Count());
        Assert.All(first.Concat(last), static picture => Assert.InRange(picture, 0, 999_999_999));
    }

    private static (int Start, int Count) Share(int rank, int world)
    {
        int start = Batch * rank / world;
        return (start, Batch * (rank + 1) / world - start);
    }

    private static List<int> Taken(int rank, int world, int first, int end)
    {
        EpochOrder order = Of(60);
        (int start, int count) = Share(rank, world);
        List<int> taken = [];
        for (int batch = first; batch < end; batch++)
            taken.AddRange(order.Slice(batch * Batch + start, batch * Batch + start + count));
        return taken;
    }

    private static int BlockOf(int picture)
    {
        int block = 0;
        for (int end = s_blocks[0]; picture >= end; end += s_blocks[block])
            block++;
        return block;
    }

    private static MemorySource Source() => new(s_count) { Blocks = s_blocks };

    private static EpochOrder Of(int buffer, int epoch = 0, ulong seed = 3) =>
        EpochOrder.Of(Source(), new LoaderOptions { BatchSize = Batch, Seed = seed, ShuffleBuffer = buffer }, epoch);

    private static int[] Whole(int buffer, int epoch = 0, ulong seed = 3) => Of(buffer, epoch, seed).Slice(0, s_count);
}
