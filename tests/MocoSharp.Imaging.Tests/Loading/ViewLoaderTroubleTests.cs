using System.Diagnostics;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;
using static MocoSharp.Imaging.Tests.Loading.LoaderReading;

namespace MocoSharp.Imaging.Tests.Loading;

/// <summary>Bad pictures, full memory, canceled waits, wrong options.</summary>
public sealed class ViewLoaderTroubleTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(4)]
    public void An_unreadable_picture_is_named_once_and_the_next_readable_one_stands_in(int workers)
    {
        using MemorySource source = new(10) { Broken = [3, 8, 9] };
        ViewLoader loader = new(source, Plain, Options(batch: 5, workers) with { Shuffle = false });
        List<Copy> batches = Read(loader);
        Assert.Equal([0, 1, 2, 4, 4, 5, 6, 7, 0, 0], batches.SelectMany(batch => batch.Indices));
        Assert.Equal([0, 1, 0, 0, 0, 1, 0, 1, 0, 0], batches.SelectMany(batch => batch.Labels));
        Read(loader, epoch: 1);
        Assert.Equal([3, 8, 9], loader.BadImages.Select(bad => bad.Index));
        Assert.Equal(new BadImage(3, "picture-3.png", "the file is cut short"), loader.BadImages[0]);
    }

    [Fact]
    public void Too_many_unreadable_pictures_end_the_epoch_with_their_names()
    {
        using MemorySource source = new(10) { Broken = [1, 2] };
        ViewLoader loader = new(source, Plain, Options(workers: 1) with { Shuffle = false, MaximumBadShare = 0.1f });
        ImagingException error = Assert.Throws<ImagingException>(() => Read(loader));
        Assert.Equal("MS3203", error.Id);
        Assert.Equal("2 of 10 pictures cannot be used, and at most 1 (10%) may be so: "
            + "picture-1.png: the file is cut short; picture-2.png: the file is cut short", error.Message);
        Assert.Equal("fix or remove the named files, or raise maximumBadShare (--set data.maximumBadShare=0.1)", error.Fix);
        Assert.Equal(error.Message, Assert.Throws<ImagingException>(() => Read(loader, epoch: 1)).Message);
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void A_source_without_one_readable_picture_ends_the_epoch_even_when_all_may_be_bad()
    {
        using MemorySource source = new(6) { Broken = [0, 1, 2, 3, 4, 5] };
        ViewLoader loader = new(source, Plain, Options() with { MaximumBadShare = 1 });
        ImagingException error = Assert.Throws<ImagingException>(() => Read(loader));
        Assert.Matches("^none of the 6 pictures can be read: picture-0.png: the file is cut short", error.Message);
    }

    [Fact]
    public void Any_other_failure_of_a_worker_reaches_the_consumer_with_the_pictures_name()
    {
        using MemorySource source = new(12) { BeforeLoad = index => { if (index == 7) throw new IOException("the disk went away"); } };
        ViewLoader loader = new(source, Plain, Options());
        ImagingException error = Assert.Throws<ImagingException>(() => Read(loader));
        Assert.Equal(("MS3204", "picture-7.png"), (error.Id, error.At));
        Assert.Equal("'picture-7.png' could not be made into views: the disk went away", error.Message);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void Memory_holds_the_batches_made_ahead_and_the_one_in_use()
    {
        using MemorySource source = new(80);
        ViewLoader loader = new(source, DemoViews, Options() with { Prefetch = 2 });
        foreach (ViewBatch batch in loader.Epoch(0, cancel: Cancel))
            using (batch)
                SpinWait.SpinUntil(() => loader.BatchesHeld == 3, millisecondsTimeout: 20); // lets the threads run ahead as far as they may
        Assert.InRange(loader.MostBatchesHeld, 2, 3);
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void A_consumer_that_keeps_all_batches_gets_memory_of_its_own_for_each()
    {
        using MemorySource source = new(40);
        ViewLoader loader = new(source, Plain, Options() with { Shuffle = false });
        ViewBatch[] kept = [.. loader.Epoch(0, cancel: Cancel)];
        Assert.Equal(Enumerable.Range(0, 40), kept.SelectMany(batch => batch.Indices.ToArray()));
        Assert.Equal(10, kept.Select(batch => batch.Pointer(0)).Distinct().Count());
        foreach (ViewBatch batch in kept)
            batch.Dispose();
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void A_disposed_batch_cannot_be_read_and_may_be_disposed_again()
    {
        using MemorySource source = new(8);
        ViewLoader loader = new(source, Plain, Options());
        ViewBatch batch = loader.Epoch(0, cancel: Cancel).First();
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Pointer(0));
        Assert.Throws<ObjectDisposedException>(() => batch.View(0).Length);
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void Leaving_the_loop_early_stops_the_threads_and_frees_what_they_made()
    {
        using MemorySource source = new(4000);
        ViewLoader loader = new(source, DemoViews, Options());
        foreach (ViewBatch batch in loader.Epoch(0, cancel: Cancel))
            using (batch)
                break;
        int loads = source.Loads;
        Assert.InRange(loads, 4, 16);
        Assert.Equal(0, loader.BatchesHeld);
        Assert.False(SpinWait.SpinUntil(() => source.Loads > loads, millisecondsTimeout: 30));
    }

    [Fact]
    public void Canceling_ends_a_wait_at_once_and_frees_all()
    {
        using ManualResetEventSlim stuck = new();
        using CancellationTokenSource stop = new();
        using MemorySource source = new(40)
        {
            BeforeLoad = index =>
            {
                if (index != 30)
                    return;
                stop.Cancel();
                stuck.Wait(millisecondsTimeout: 50);
            },
        };
        ViewLoader loader = new(source, DemoViews, Options() with { Shuffle = false });
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Throws<OperationCanceledException>(() => Read(loader, cancel: stop.Token));
        Assert.Equal(0, loader.BatchesHeld);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Throws<OperationCanceledException>(() => Read(loader, cancel: stop.Token));
    }

    [Fact]
    public async Task One_slow_picture_holds_up_its_own_batch_alone()
    {
        using ManualResetEventSlim go = new();
        using MemorySource source = new(12) { BeforeLoad = index => { if (index == 0) go.Wait(Cancel); } };
        ViewLoader loader = new(source, Plain, Options(workers: 2) with { Shuffle = false });
        using IEnumerator<ViewBatch> batches = loader.Epoch(0, cancel: Cancel).GetEnumerator();
        Task<bool> first = Task.Run(batches.MoveNext, Cancel);
        Assert.True(SpinWait.SpinUntil(() => source.Loads == 8, millisecondsTimeout: 5000)); // all of both batches but the slow one
        go.Set();
        Assert.True(await first);
        batches.Current.Dispose();
    }

    [Fact]
    public void Waiting_is_measured()
    {
        using MemorySource source = new(4) { BeforeLoad = _ => SpinWait.SpinUntil(() => false, millisecondsTimeout: 10) };
        ViewLoader loader = new(source, Plain, Options(workers: 1));
        Read(loader);
        Assert.InRange(loader.Waited.TotalMilliseconds, 20, 5000);
        Assert.Equal(1, loader.Stalls);
    }

    [Fact]
    public void Fewer_pictures_than_a_batch_are_refused_unless_the_short_one_is_wanted()
    {
        using MemorySource source = new(3);
        ImagingException error = Assert.Throws<ImagingException>(() => new ViewLoader(source, Plain, Options(batch: 16)));
        Assert.Equal(("MS3202", "the data set has 3 pictures, and a batch needs 16"), (error.Id, error.Message));
        Assert.Equal("set batchSize to 3 or less, add pictures, or keep the short last batch (dropLast: false)", error.Fix);
        ViewLoader loader = new(source, Plain, Options(batch: 16) with { DropLast = false });
        Assert.Equal([3], Read(loader).Select(batch => batch.Indices.Length));
    }

    [Theory, InlineData(0, 1, 0.1f, "batchSize"), InlineData(1, 0, 0.1f, "prefetch"), InlineData(1, 1, 1.5f, "maximumBadShare")]
    public void Options_out_of_range_are_named(int batchSize, int prefetch, float share, string name)
    {
        using MemorySource source = new(3);
        LoaderOptions options = new() { BatchSize = batchSize, Prefetch = prefetch, MaximumBadShare = share };
        ImagingException error = Assert.Throws<ImagingException>(() => new ViewLoader(source, Plain, options));
        Assert.Equal(("MS3201", name), (error.Id, error.At));
    }

    [Fact]
    public void A_recipe_without_a_fixed_size_is_refused()
    {
        using MemorySource source = new(8);
        ViewRecipe recipe = ViewRecipe.Same(1, new ViewPipeline([new Resize(8)], ChannelStats.Half));
        Assert.Equal("MS3105", Assert.Throws<ImagingException>(() => new ViewLoader(source, recipe, Options())).Id);
    }
}
