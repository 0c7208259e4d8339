using MocoSharp.Maps.Neighbors;

namespace MocoSharp.Maps.Tests.Neighbors;

public sealed class NearestNeighborsTests
{
    [Theory, InlineData(Metric.Euclidean), InlineData(Metric.Cosine)]
    public void Exact_neighbors_are_those_of_a_plain_comparison(Metric metric)
    {
        PointSet points = Made.Blobs(211, 19, 5);
        NeighborGraph graph = NearestNeighbors.Find(points, 7, metric, NeighborSearch.Exact, threads: 2);
        for (int row = 0; row < points.Count; row++)
        {
            (double Distance, int Index)[] expected = [.. Enumerable.Range(0, points.Count).Where(other => other != row)
                .Select(other => (Distance(points[row], points[other], metric), other)).OrderBy(static pair => pair).Take(7)];
            Assert.Equal(expected.Select(static pair => pair.Index), graph.Of(row).ToArray());
            for (int i = 0; i < 7; i++) Assert.Equal(expected[i].Distance, graph.DistancesOf(row)[i], 1e-4);
        }
    }

    [Theory, InlineData(3, Metric.Euclidean), InlineData(32, Metric.Euclidean), InlineData(32, Metric.Cosine)]
    public void Descent_finds_nearly_all(int dimensions, Metric metric)
    {
        PointSet points = Made.Blobs(6000, dimensions, 8);
        NeighborGraph exact = NearestNeighbors.Find(points, 14, metric, NeighborSearch.Exact),
            found = NearestNeighbors.Find(points, 14, metric, NeighborSearch.Descent);
        double recall = Enumerable.Range(0, points.Count).Average(row =>
             exact.Of(row).ToArray().Intersect(found.Of(row).ToArray()).Count() / 14.0);
        Assert.True(recall > 0.97, $"recall {recall}");
        Assert.DoesNotContain(Enumerable.Range(0, points.Count), row => found.Of(row).Contains(row));
    }

    [Theory, InlineData(NeighborSearch.Exact), InlineData(NeighborSearch.Descent)]
    public void One_thread_and_four_find_the_same_bits(NeighborSearch search)
    {
        PointSet points = Made.Blobs(5000, 12, 6);
        NeighborGraph one = NearestNeighbors.Find(points, 10, search: search, threads: 1),
            four = NearestNeighbors.Find(points, 10, search: search, threads: 4);
        Assert.Equal(one.Rows, four.Rows);
        Assert.Equal(one.Lengths, four.Lengths);
    }

    [Fact]
    public void Copies_of_a_point_have_distance_zero_and_come_in_the_order_of_their_rows()
    {
        float[] values = Made.Blobs(50, 33, 2).Values.ToArray();
        values.AsSpan(0, 33).CopyTo(values.AsSpan(33 * 20));
        values.AsSpan(0, 33).CopyTo(values.AsSpan(33 * 40));
        NeighborGraph graph = NearestNeighbors.Find(new PointSet(values, 33), 3);
        Assert.Equal([20, 40], graph.Of(0)[..2].ToArray());
        Assert.Equal([0f, 0f], graph.DistancesOf(40)[..2].ToArray());
    }

    [Fact]
    public void Distances_neither_overflow_nor_vanish_at_the_ends_of_a_floats_range()
    {
        foreach (float scale in (float[])[1e-30f, 1e30f])
        {
            NeighborGraph graph = NearestNeighbors.Find(new PointSet([0, scale, 3 * scale], 1), 2);
            Assert.Equal(scale, graph.DistancesOf(0)[0], scale * 1e-5f);
            Assert.Equal(3 * scale, graph.DistancesOf(0)[1], scale * 1e-5f);
        }
    }

    [Fact]
    public void Under_the_cosine_metric_zero_rows_lie_together_and_at_one_from_all_others()
    {
        NeighborGraph graph = NearestNeighbors.Find(new PointSet([0, 0, 1, 0, 0, 0, 0, 2], 2), 3, Metric.Cosine);
        Assert.Equal([2, 1, 3], graph.Of(0).ToArray());
        Assert.Equal([0, 1, 1], graph.DistancesOf(0).ToArray().Select(static distance => MathF.Round(distance, 6)));
        Assert.Equal(1, graph.DistancesOf(1)[1], 1e-6f);
    }

    [Fact]
    public void More_neighbors_than_there_are_points_are_an_error_whose_fix_works()
    {
        PointSet points = Made.Blobs(5, 2, 1);
        MapException error = Assert.Throws<MapException>(() => NearestNeighbors.Find(points, 5));
        Assert.Equal("5 neighbors were asked for among 5 points", error.Message);
        Assert.Equal((ErrorIds.TooFewPoints, "ask for 4 or fewer, of 2 points or more"), (error.Id, error.Fix));
        Assert.Equal(4, NearestNeighbors.Find(points, 4).Neighbors);
    }

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Metric metric)
    {
        double product = 0, aa = 0, bb = 0, squared = 0;
        for (int d = 0; d < a.Length; d++)
        {
            (product, aa, bb) = (product + (double)a[d] * b[d], aa + (double)a[d] * a[d], bb + (double)b[d] * b[d]);
            squared += ((double)a[d] - b[d]) * ((double)a[d] - b[d]);
        }
        return metric == Metric.Cosine ? 1 - product / Math.Sqrt(aa * bb) : Math.Sqrt(squared);
    }
}
