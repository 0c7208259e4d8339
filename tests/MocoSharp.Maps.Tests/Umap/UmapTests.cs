using MocoSharp.Maps.Neighbors;

namespace MocoSharp.Maps.Tests;

public sealed class UmapTests
{
    private static readonly UmapOptions s_short = new(Epochs: 60);

    [Theory, InlineData(2, UmapStart.Spectral), InlineData(3, UmapStart.Spectral)]
    [InlineData(2, UmapStart.Pca), InlineData(2, UmapStart.Random)]
    public void Groups_stay_groups(int components, UmapStart start)
    {
        PointSet points = Made.Blobs(600, 10, 5, apart: 3);
        UmapFit map = Umap.Fit(points, new UmapOptions(Components: components, Start: start, Epochs: 200));
        Assert.Equal((600, components, start), (map.Points.Count, map.Points.Dimensions, map.Start));
        Assert.True(Made.Agreement(map.Points, Made.Labels(600, 5)) > 0.99);
        Assert.Empty(map.Notes);
    }

    [Theory, InlineData(700, Metric.Euclidean, NeighborSearch.Exact), InlineData(5000, Metric.Cosine, NeighborSearch.Descent)]
    public void One_seed_gives_the_same_bits_at_any_number_of_threads(int count, Metric metric, NeighborSearch search)
    {
        PointSet points = Made.Blobs(count, 16, 4), more = Made.Blobs(300, 16, 4, seed: 9);
        UmapOptions options = new(Epochs: 30, Metric: metric, Search: search);
        UmapFit one = Umap.Fit(points, options with { Threads = 1 }), five = Umap.Fit(points, options with { Threads = 5 });
        Assert.Equal(Made.Bits(one.Points), Made.Bits(five.Points));
        Assert.Equal(Made.Bits(one.Transform(more)), Made.Bits(five.Transform(more)));
        Assert.NotEqual(Made.Bits(one.Points), Made.Bits(Umap.Fit(points, options with { Seed = 2 }).Points));
    }

    [Fact]
    public void A_new_point_lands_among_its_like_and_a_kept_map_places_it_alike()
    {
        PointSet points = Made.Blobs(600, 10, 5), more = Made.Blobs(1200, 10, 5).Choose([.. Enumerable.Range(600, 600)]);
        UmapFit map = Umap.Fit(points, s_short);
        PointSet placed = map.Transform(more);
        NeighborGraph nearest = NearestNeighbors.Among(map.Points, placed, 1, Metric.Euclidean, new Numerics.Work(1, default));
        Assert.True(Enumerable.Range(0, 600).Average(row => nearest.Of(row)[0] % 5 == row % 5 ? 1.0 : 0) > 0.99);
        Assert.Equal(Made.Bits(placed), Made.Bits(UmapMap.Restore(map.Features, map.Points, map.Options).Transform(more)));
        Assert.Equal(Made.Bits(placed)[..2], Made.Bits(map.Transform(more.Choose([0]))));
    }

    [Fact]
    public void Labels_part_what_features_mix()
    {
        PointSet points = Made.Blobs(600, 6, 3, apart: 0.3);
        int[] labels = Made.Labels(600, 3);
        Assert.True(Made.Agreement(Umap.Fit(points, s_short).Points, labels) < 0.7);
        Assert.True(Made.Agreement(Umap.Fit(points, s_short, labels).Points, labels) > 0.9);
    }

    [Theory, InlineData(2), InlineData(7)]
    public void Islands_are_counted_and_lie_apart(int islands)
    {
        UmapFit map = Umap.Fit(Made.Blobs(60 * islands, 8, islands, apart: 1000), s_short);
        Assert.Equal(islands, map.Parts);
        Assert.Equal(1, Made.Agreement(map.Points, Made.Labels(60 * islands, islands)));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(14)]
    public void Few_points_are_mapped_and_the_map_says_that_neighbors_were_fewer(int count)
    {
        UmapFit map = Umap.Fit(Made.Blobs(count, 3, 1), s_short);
        Assert.Equal(count, map.Points.Count);
        Assert.Equal([$"neighbors is 15, and the map has {count} in all: each point has all others as neighbors"], map.Notes);
        Assert.Equal(2, map.Transform(Made.Blobs(2, 3, 1, seed: 5)).Count);
    }

    [Fact]
    public void Points_that_are_all_the_same_are_mapped_and_said_to_be()
    {
        PointSet same = new([.. Enumerable.Repeat(0.5f, 40 * 3)], 3);
        Assert.Equal(["all 40 points are the same: where they lie on the map tells nothing"], Umap.Fit(same, s_short).Notes);
    }

    [Fact]
    public void No_point_is_an_error()
    {
        MapException error = Assert.Throws<MapException>(() => Umap.Fit(new PointSet([], 3)));
        Assert.Equal((ErrorIds.TooFewPoints, "there is no point to map", "pass one or more"), (error.Id, error.Message, error.Fix));
    }

    [Fact]
    public void Equal_points_copies_and_rows_of_zeros_give_finite_places()
    {
        PointSet equal = new([.. Enumerable.Repeat(2f, 100 * 4)], 4);
        Assert.Equal(100, Umap.Fit(equal, s_short).Points.Count);
        float[] copies = [.. Made.Blobs(60, 4, 2).Values.ToArray(), .. new float[40 * 4], .. Made.Blobs(60, 4, 2).Values.ToArray()];
        UmapFit map = Umap.Fit(new PointSet(copies, 4), s_short with { Metric = Metric.Cosine });
        Assert.Equal("40 rows hold only zeros and have no direction: under the cosine metric they lie together, apart from all others",
            Assert.Single(map.Notes));
    }

    [Fact]
    public void A_map_that_starts_from_another_lies_as_that_one_does()
    {
        PointSet points = Made.Blobs(600, 10, 5, apart: 3), later = Made.Blobs(600, 10, 5, apart: 3.2);
        UmapFit map = Umap.Fit(points, new UmapOptions(Epochs: 200));
        UmapFit next = Umap.Fit(later, new UmapOptions(Epochs: 200, Seed: 2), start: map.Points);
        UmapFit alone = Umap.Fit(later, new UmapOptions(Epochs: 200, Seed: 2));
        Assert.Equal(UmapStart.Given, next.Start);
        Assert.True(Made.Agreement(next.Points, Made.Labels(600, 5)) > 0.99);
        double moved = Moved(map.Points, next.Points), unled = Moved(map.Points, Procrustes.Turn(alone.Points, map.Points));
        Assert.True(2 * moved < unled, $"{moved} and {unled}");
    }

    [Fact]
    public void Places_to_start_from_are_one_a_point()
    {
        PointSet points = Made.Blobs(30, 3, 1);
        Assert.Equal("29 places in 2 dimensions are no start for 30 points in 2",
            Assert.Throws<MapException>(() => Umap.Fit(points, s_short, start: Made.Blobs(29, 2, 1))).Message);
        Assert.Contains("no places are passed", Assert.Throws<OptionException>(() =>
            Umap.Fit(points, s_short with { Start = UmapStart.Given })).Message, StringComparison.Ordinal);
    }

    private static double Moved(PointSet from, PointSet to) => Enumerable.Range(0, from.Count)
        .Average(i => Math.Sqrt(Math.Pow(from[i][0] - to[i][0], 2) + Math.Pow(from[i][1] - to[i][1], 2)));

    [Fact]
    public void Options_out_of_range_are_named()
    {
        PointSet points = Made.Blobs(30, 3, 1);
        OptionException error = Assert.Throws<OptionException>(() => Umap.Fit(points, new UmapOptions(MinDistance: 2)));
        Assert.Equal("minDistance is 2, more than spread, which is 1", error.Message);
        Assert.Equal("components is 4, and it takes a number from 2 to 3",
            Assert.Throws<OptionException>(() => Umap.Fit(points, new UmapOptions(Components: 4))).Message);
    }

    [Fact]
    public void Sets_that_do_not_belong_together_are_refused()
    {
        PointSet points = Made.Blobs(30, 3, 1);
        UmapFit map = Umap.Fit(points, s_short);
        Assert.Equal("there are 2 labels for 30 points", Assert.Throws<MapException>(() => Umap.Fit(points, labels: new int[2])).Message);
        Assert.Equal("the points have 4 dimensions, and those of the map 3",
            Assert.Throws<MapException>(() => map.Transform(Made.Blobs(3, 4, 1))).Message);
        Assert.Equal("a map of 3 points in 2 dimensions does not belong to 30 features and 2 components",
            Assert.Throws<MapException>(() => UmapMap.Restore(points, Made.Blobs(3, 2, 1), s_short)).Message);
    }

    [Fact]
    public void It_can_be_stopped_and_says_how_far_it_is()
    {
        using CancellationTokenSource stop = new();
        List<double> shares = [];
        _ = Assert.ThrowsAny<OperationCanceledException>(() => Umap.Fit(Made.Blobs(300, 4, 2), s_short, cancel: stop.Token,
            progress: new Told(share =>
            {
                shares.Add(share);
                if (share > 0.5) stop.Cancel();
            })));
        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[^1], 0.5, 0.6);
    }

    private sealed class Told(Action<double> tell) : IProgress<double>
    {
        public void Report(double value) => tell(value);
    }
}
