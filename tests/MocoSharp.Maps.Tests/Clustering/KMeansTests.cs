using MocoSharp.Maps.Clustering;

namespace MocoSharp.Maps.Tests.Clustering;

public sealed class KMeansTests
{
    [Fact]
    public void Of_all_ways_to_part_a_few_points_the_closest_is_found()
    {
        float[] values = [0, 0, 1, 0, 0, 1, 5, 5, 6, 5, 5, 7, 9, 0, 8, 1, 3, 3];
        KMeansClusters found = KMeans.Fit(new PointSet(values, 2), new KMeansOptions(3, Starts: 20));
        int count = values.Length / 2;
        double least = Enumerable.Range(0, (int)Math.Pow(3, count)).Min(way =>
        {
            int[] labels = new int[count];
            for (int i = 0; i < count; i++, way /= 3) labels[i] = way % 3;
            return Inertia(values, labels);
        });
        Assert.Equal(least, found.Inertia, 1e-4);
        Assert.Equal(least, Inertia(values, [.. found.Labels]), 1e-4);
        Assert.Equal([.. Enumerable.Range(0, 3).Select(cluster => found.Labels.Count(label => label == cluster))], found.Sizes);
    }

    [Fact]
    public void Centers_are_the_means_of_their_points_and_each_point_is_nearest_to_its_own()
    {
        PointSet points = Made.Blobs(500, 6, 5, seed: 2);
        KMeansClusters found = KMeans.Fit(points, new KMeansOptions(5));
        for (int cluster = 0; cluster < 5; cluster++)
            for (int d = 0; d < 6; d++)
                Assert.Equal(Enumerable.Range(0, 500).Where(row => found.Labels[row] == cluster).Average(row => (double)points[row][d]),
                    found.Centers[cluster][d], 1e-4);
        for (int row = 0; row < 500; row++)
            Assert.Equal(found.Labels[row], Enumerable.Range(0, 5).MinBy(cluster => Squared(points[row], found.Centers[cluster])));
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits_and_another_seed_another_start()
    {
        PointSet points = Made.Blobs(5000, 8, 9, seed: 3);
        KMeansOptions options = new(12, Starts: 1, Threads: 1);
        KMeansClusters one = KMeans.Fit(points, options), four = KMeans.Fit(points, options with { Threads = 4 });
        Assert.Equal(one.Labels, four.Labels);
        Assert.Equal(one.Centers.Values.ToArray(), four.Centers.Values.ToArray());
        Assert.Equal(one.Inertia, four.Inertia);
        Assert.NotEqual(one.Labels, KMeans.Fit(points, options with { Seed = 9 }).Labels);
    }

    [Fact]
    public void Equal_points_make_clusters_too_and_more_clusters_than_points_do_not()
    {
        PointSet equal = new([2, 2, 2, 2, 2, 2], 2);
        KMeansClusters found = KMeans.Fit(equal, new KMeansOptions(2));
        Assert.Equal(0, found.Inertia);
        Assert.Equal(3, found.Sizes.Sum());
        Assert.Equal(ErrorIds.TooFewPoints, Assert.Throws<MapException>(() => KMeans.Fit(equal, new KMeansOptions(4))).Id);
        Assert.Throws<OptionException>(() => KMeans.Fit(equal, new KMeansOptions(0)));
    }

    private static double Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++) sum += (double)(a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    private static double Inertia(float[] values, int[] labels)
    {
        double sum = 0;
        foreach (IGrouping<int, int> cluster in Enumerable.Range(0, labels.Length).GroupBy(row => labels[row]))
            for (int d = 0; d < 2; d++)
            {
                double mean = cluster.Average(row => values[2 * row + d]);
                sum += cluster.Sum(row => (values[2 * row + d] - mean) * (values[2 * row + d] - mean));
            }
        return sum;
    }
}
