using System.Collections.Concurrent;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Loading;
using static MocoSharp.Imaging.Tests.Loading.LoaderReading;

namespace MocoSharp.Imaging.Tests.Loading;

public sealed class ViewLoaderTests
{
    [Theory, InlineData(2, 1), InlineData(2, 3), InlineData(4, 2)]
    public void Bytes_do_not_depend_on_the_number_of_workers_or_of_batches_made_ahead(int workers, int prefetch)
    {
        using MemorySource source = new(50);
        List<Copy> one = Read(new ViewLoader(source, DemoViews, Options(workers: 1) with { DropLast = false }));
        List<Copy> many = Read(new ViewLoader(source, DemoViews, Options(workers: workers) with { DropLast = false, Prefetch = prefetch }));
        Assert.Equal(13, one.Count);
        AssertSame(one, many);
    }

    [Fact]
    public void An_epoch_that_starts_in_the_middle_goes_on_with_the_same_bytes()
    {
        using MemorySource source = new(40);
        ViewLoader loader = new(source, DemoViews, Options());
        AssertSame(Read(loader)[6..], Read(loader, firstBatch: 6));
        Assert.Empty(Read(loader, firstBatch: 10));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Epochs_that_follow_each_other_have_the_same_bytes_as_one_by_one(bool dropLast)
    {
        using MemorySource source = new(18);
        ViewLoader loader = new(source, DemoViews, Options() with { DropLast = dropLast });
        List<Copy> single = [.. Read(loader, firstBatch: 2, epoch: 5), .. Read(loader, epoch: 6), .. Read(loader, epoch: 7)], together = [];
        foreach (ViewBatch batch in loader.Epochs(5, firstBatch: 2, cancel: Cancel))
        {
            using (batch)
                together.Add(Copied(batch));
            if (together.Count == single.Count)
                break;
        }
        AssertSame(single, together);
        Assert.Equal(0, loader.BatchesHeld);
    }

    [Fact]
    public void Each_picture_comes_once_an_epoch_in_an_order_of_its_own()
    {
        using MemorySource source = new(40);
        ViewLoader loader = new(source, DemoViews, Options());
        int[] first = [.. Read(loader, epoch: 0).SelectMany(batch => batch.Indices)];
        int[] second = [.. Read(loader, epoch: 1).SelectMany(batch => batch.Indices)];
        Assert.Equal(Enumerable.Range(0, 40), first.Order());
        Assert.Equal(Enumerable.Range(0, 40), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(Enumerable.Range(0, 40), first);
        Assert.Equal(first, Read(loader, epoch: 0).SelectMany(batch => batch.Indices));
    }

    [Theory, InlineData(0), InlineData(3)]
    public void A_picture_is_announced_once_an_epoch_before_it_is_loaded(int firstBatch)
    {
        ConcurrentQueue<(int Index, bool Loaded)> events = [];
        using MemorySource source = new(38)
        {
            BeforeLoad = index => events.Enqueue((index, true)),
            Announced = index => events.Enqueue((index, false)),
        };
        ViewLoader loader = new(source, DemoViews, Options(workers: 1) with { DropLast = false });
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int[] seen = [.. Read(loader, epoch, firstBatch).SelectMany(static batch => batch.Indices)];
            Assert.Equal(seen, events.Where(static one => !one.Loaded).Select(static one => one.Index));
            HashSet<int> announced = [];
            Assert.All(events, one => Assert.True(one.Loaded ? announced.Contains(one.Index) : announced.Add(one.Index),
                $"picture {one.Index}"));
            int ahead = events.TakeWhile(static one => !one.Loaded).Count();
            Assert.Equal(8, ahead);     // the first batch and the one behind it
            events.Clear();
        }
    }

    [Fact]
    public void Without_shuffling_pictures_come_in_the_sources_order_with_their_labels_and_pixels()
    {
        using MemorySource source = new(10);
        ViewLoader loader = new(source, Plain, Options() with { Shuffle = false, DropLast = false });
        List<Copy> batches = Read(loader);
        Assert.Equal([4, 4, 2], batches.Select(batch => batch.Indices.Length));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch.Indices));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i % 2), batches.SelectMany(batch => batch.Labels));
        Image last = source.Load(9, new DecodeRequest());
        float[] pixels = batches[2].Views[0][^last.Samples.Length..];
        for (int i = 0; i < pixels.Length; i++)
            Assert.Equal(last.Samples[i] / 255f, pixels[i], tolerance: 1e-6f);
    }

    [Fact]
    public void Views_of_one_picture_differ_and_may_differ_in_size_and_lie_on_cache_lines()
    {
        using MemorySource source = new(8);
        ViewRecipe two = new([ViewRecipes.CifarDemo(8).Views[0], ViewRecipes.MoCoV2(5).Views[0]]);
        foreach (ViewBatch batch in new ViewLoader(source, two, Options()).Epoch(0, cancel: Cancel))
            using (batch)
            {
                Assert.Equal((2, new ImageSize(8, 8, 3), new ImageSize(5, 5, 3)), (batch.Views, batch.Size(0), batch.Size(1)));
                Assert.Equal((4 * 8 * 8 * 3, 4 * 5 * 5 * 3), (batch.View(0).Length, batch.View(1).Length));
                Assert.Equal((0, 0), ((int)(batch.Pointer(0) % 64), (int)(batch.Pointer(1) % 64)));
                unsafe
                {
                    Assert.Equal(batch.View(1)[17], ((float*)batch.Pointer(1))[17]);
                }
            }
        List<Copy> same = Read(new ViewLoader(source, DemoViews, Options()));
        Assert.NotEqual(same[0].Views[0], same[0].Views[1]);
    }

    [Fact]
    public void Each_picture_is_decoded_once_for_all_itDemoViews()
    {
        using MemorySource source = new(20);
        Read(new ViewLoader(source, ViewRecipe.Same(3, DemoViews.Views[0]), Options()));
        Assert.Equal(20, source.Loads);
    }

    [Fact]
    public void Gray_pictures_give_one_channel()
    {
        using MemorySource source = new(8);
        ViewLoader loader = new(source, ViewRecipes.MoCoV2(8, ChannelStats.FashionMnist), Options() with { Reading = new(Color.Gray) });
        Assert.Equal(new ImageSize(8, 8, 1), loader.Size(0));
        Assert.Equal(4 * 8 * 8, Read(loader)[0].Views[0].Length);
        LoaderOptions gray = Options() with { Reading = new(Color.Gray) };
        ImagingException error = Assert.Throws<ImagingException>(() => new ViewLoader(source, DemoViews, gray));
        Assert.Equal(("MS3106", "the channel statistics 'cifar10Demo' are for 3 channels, and the view has 1"), (error.Id, error.Message));
    }
}
