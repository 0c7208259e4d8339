using System.Text.Json;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Quality;

namespace MocoSharp.Maps.Tests.Quality;

public sealed class MapQualityTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Trustworthiness_is_that_of_scikit_learn(int which)
    {
        JsonElement golden = Made.Golden("sklearn"), expected = golden.GetProperty("trustworthiness")[which];
        PointSet features = new(golden.Floats("points"), golden.GetProperty("dimensions").GetInt32()),
            places = new(golden.Floats("places"), 2);
        MapQuality quality = MapQuality.Of(features, places, expected.GetProperty("k").GetInt32(), threads: 2);
        Assert.Equal(expected.Number("value"), quality.Trustworthiness, 1e-9);
        Assert.Equal(120, quality.Sample);
    }

    [Fact]
    public void A_map_of_the_points_themselves_keeps_everything()
    {
        PointSet points = Made.Blobs(200, 3, 2);
        Assert.Equal(new MapQuality(1, 1, 15, 200), MapQuality.Of(points, points));
    }

    [Fact]
    public void Kept_neighbors_are_those_of_both_lists()
    {
        PointSet features = Made.Blobs(300, 6, 3), places = features.Choose([.. Enumerable.Range(0, 300).Select(row => row / 2 * 2)]);
        NeighborGraph near = NearestNeighbors.Find(features, 9), placed = NearestNeighbors.Find(places, 9);
        double expected = Enumerable.Range(0, 300).Average(row => near.Of(row).ToArray().Intersect(placed.Of(row).ToArray()).Count() / 9.0);
        Assert.Equal(expected, MapQuality.Of(features, places, 9).NeighborsKept, 1e-9);
    }

    [Fact]
    public void A_sample_comes_near_the_whole_and_does_not_depend_on_threads()
    {
        PointSet features = Made.Blobs(2000, 6, 3), places = Pca.Fit(features, 2).Transform(features);
        MapQuality all = MapQuality.Of(features, places), some = MapQuality.Of(features, places, sample: 500, threads: 1);
        Assert.Equal(some, MapQuality.Of(features, places, sample: 500, threads: 3));
        Assert.Equal(all.Trustworthiness, some.Trustworthiness, 0.01);
        Assert.Equal(all.NeighborsKept, some.NeighborsKept, 0.02);
    }

    [Fact]
    public void Too_many_neighbors_are_an_error_whose_fix_works()
    {
        PointSet points = Made.Blobs(20, 3, 2);
        MapException error = Assert.Throws<MapException>(() => MapQuality.Of(points, points, 10));
        Assert.Equal("neighbors is 10, which is not less than half of 20 points", error.Message);
        Assert.Equal("ask for 9 or fewer, of 3 points or more", error.Fix);
        Assert.Equal(1, MapQuality.Of(points, points, 9).NeighborsKept);
        Assert.Equal("there are 20 places for 21 features",
            Assert.Throws<MapException>(() => MapQuality.Of(Made.Blobs(21, 3, 2), points)).Message);
    }
}
