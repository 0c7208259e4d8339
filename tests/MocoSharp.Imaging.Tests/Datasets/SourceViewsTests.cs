using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Tests.Loading;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class SourceViewsTests
{
    private static readonly DecodeRequest s_request = new(Color.Rgb);

    [Fact]
    public void A_subset_shows_the_pictures_that_were_taken()
    {
        Prop.ForAll(Gen.Choose(0, 19).NonEmptyListOf().ToArbitrary(), indices =>
        {
            using CountingSource source = new(20);
            using SubsetSource subset = source.Take([.. indices]);
            return subset.Count == indices.Count && ReferenceEquals(subset.Classes, source.Classes) && indices.Select((index, i) =>
                subset.Name(i) == source.Name(index) && subset.Label(i) == source.Label(index)
                && subset.Load(i, s_request).Samples[0] == index).All(same => same);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_subset_refuses_what_is_not_there()
    {
        using CountingSource source = new(20);
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Take(3, 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Take(-1));
        Assert.Throws<ArgumentException>(() => source.Take());
    }

    [Fact]
    public void What_is_announced_to_a_view_reaches_the_source_by_its_own_index_unless_it_is_in_memory()
    {
        List<int> announced = [];
        MemorySource source = new(20) { Announced = announced.Add }, other = new(5) { Announced = index => announced.Add(100 + index) };
        using MemoryCachedSource cached = new(source, s_request);
        cached.Load(7, s_request);
        using JoinedSource joined = new(cached, other);
        using SubsetSource subset = joined.Take(3, 7, 22);
        using RelabeledSource relabeled = new(subset, ["odd", "even"]);
        for (int i = 0; i < 3; i++)
            relabeled.Announce(i);
        Assert.Equal([3, 102], announced);
    }

    [Fact]
    public async Task Pictures_that_fit_are_decoded_once_by_however_many_threads()
    {
        using CountingSource source = new(50);
        using MemoryCachedSource cached = new(source, s_request);
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(i % 50, cached.Load(i % 50, s_request).Samples[0]);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(50, source.Loads);
    }

    [Fact]
    public async Task The_budget_is_never_passed()
    {
        using CountingSource source = new(200);
        using MemoryCachedSource cached = new(source, s_request, budget: 20_000);
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(i % 200, cached.Load(i % 200, s_request).Samples[0]);
            Assert.InRange(cached.UsedBytes, 0, 20_000);
            return ValueTask.CompletedTask;
        });
        Assert.InRange(cached.UsedBytes, 19_000, 20_000);
        Assert.InRange(source.Loads, 201, 1999);
    }

    [Fact]
    public void Sources_that_share_a_budget_keep_no_more_together_and_give_their_part_back()
    {
        CacheBudget budget = new(5_000);
        using CountingSource first = new(10), second = new(10);
        using MemoryCachedSource one = new(first, s_request, budget);
        using (MemoryCachedSource other = new(second, s_request, budget))
        {
            for (int i = 0; i < 10; i++) (_, _) = (other.Load(i, s_request), one.Load(i, s_request));
            Assert.InRange(one.UsedBytes, 1, 4_999);
            Assert.InRange(other.UsedBytes, 1, 4_999);
            Assert.Equal(one.UsedBytes + other.UsedBytes, budget.UsedBytes);
            Assert.InRange(budget.UsedBytes, 4_000, 5_000);
        }
        Assert.Equal(one.UsedBytes, budget.UsedBytes);
    }

    [Fact]
    public void Another_request_is_not_answered_from_memory()
    {
        using CountingSource source = new(5);
        using MemoryCachedSource cached = new(source, s_request);
        Image rgb = cached.Load(0, s_request), gray = cached.Load(0, new(Color.Gray));
        Assert.Equal((3, 1), (rgb.Channels, gray.Channels));
        Assert.Same(rgb, cached.Load(0, s_request));
        Assert.Equal(2, source.Loads);
    }

    /// <summary>Pictures of 10 x 10 whose samples are their index.</summary>
    private sealed class CountingSource(int count) : IImageSource
    {
        private int _loads;

        public int Loads => _loads;

        public int Count => count;

        public IReadOnlyList<string> Classes { get; } = ["even", "odd"];

        public string Name(int index) => $"picture {index}";

        public int Label(int index) => index % 2;

        public Image Load(int index, DecodeRequest request)
        {
            Interlocked.Increment(ref _loads);
            Image image = new(10, 10, request.Color == Color.Gray ? 1 : 3);
            image.Samples.AsSpan().Fill((byte)index);
            return image;
        }

        public void Dispose()
        {
        }
    }
}
