using MocoSharp.Maps.Clustering;
using Found = MocoSharp.Maps.Clustering.Clusters;

namespace MocoSharp.Maps.Tests.Clustering;

public sealed class HdbscanTests
{
    [Theory, InlineData(1, 5, 5), InlineData(2, 8, 3), InlineData(3, 4, 8), InlineData(4, 3, 1), InlineData(5, 12, 2)]
    public void Clusters_and_probabilities_are_those_of_a_plain_reading_of_the_paper(ulong seed, int size, int samples)
    {
        PointSet points = Made.Blobs(90, 2, 4, apart: 2.5, seed);
        List<Dictionary<int, double>> expected = new NaiveHdbscan(points, size, samples).Clusters();
        Found found = Hdbscan.Fit(points, new HdbscanOptions(size, samples));
        Assert.Equal(ClusterTree.AllPairs, found.Tree);
        Assert.Equal(expected.Select(static one => one.Keys.Min()).Order(),
            Enumerable.Range(0, found.Count).Select(label => found.Labels.ToList().IndexOf(label)));
        foreach (Dictionary<int, double> cluster in expected)
        {
            int label = found.Labels[cluster.Keys.First()];
            Assert.Equal(cluster.Keys.Order(), Enumerable.Range(0, points.Count).Where(row => found.Labels[row] == label));
            foreach ((int row, double probability) in cluster) Assert.Equal(probability, found.Probabilities[row], 1e-4);
        }
    }

    [Theory, InlineData(ClusterTree.AllPairs, Metric.Euclidean), InlineData(ClusterTree.NeighborGraph, Metric.Euclidean),
        InlineData(ClusterTree.AllPairs, Metric.Cosine)]
    public void Groups_far_apart_are_found_and_strays_are_noise(ClusterTree tree, Metric metric)
    {
        float[] values = Made.Blobs(400, 8, 4, apart: 10).Values.ToArray();
        for (int d = 0; d < 8; d++) values[d] = d % 2 == 0 ? 500 : -500;
        Found found = Hdbscan.Fit(new PointSet(values, 8), new HdbscanOptions(10, Metric: metric, Tree: tree));
        Assert.Equal(4, found.Count);
        if (tree == ClusterTree.AllPairs) Assert.Equal((Found.None, 0f), (found.Labels[0], found.Probabilities[0]));
        else Assert.InRange(found.Probabilities[0], 0, 0.01f);                // no part of the graph holds anything to stray from
        Assert.Equal(400, found.Sizes.Sum() + found.Noise);
        for (int label = 0; label < 4; label++)
            Assert.Single(Members(found, label).Where(static row => row > 0).Select(static row => row % 4).Distinct());
        Assert.All(Enumerable.Range(0, 4), label => Assert.Equal(label, found.Labels[found.Exemplars[label]]));
    }

    [Fact]
    public void Threads_change_nothing()
    {
        PointSet points = Made.Blobs(9000, 2, 7, apart: 5);
        Found one = Hdbscan.Fit(points, new HdbscanOptions(Threads: 1)), three = Hdbscan.Fit(points, new HdbscanOptions(Threads: 3));
        Assert.Equal(one.Labels, three.Labels);
        Assert.Equal(one.Probabilities, three.Probabilities);
    }

    [Fact]
    public void Copies_are_fully_in_their_cluster_and_one_cloud_alone_is_none()
    {
        float[] copies = [.. Enumerable.Range(0, 60).SelectMany(static row => (float[])[row % 2, row % 2])];
        Found found = Hdbscan.Fit(new PointSet(copies, 2), new HdbscanOptions(10));
        Assert.Equal([30, 30], found.Sizes);
        Assert.All(found.Probabilities, static probability => Assert.Equal(1, probability));
        Assert.Equal(0, Hdbscan.Fit(new PointSet(new float[80], 2), new HdbscanOptions(10)).Count);
    }

    [Fact]
    public void Too_few_points_are_an_error_whose_fix_works()
    {
        Assert.Equal("clusters were asked for among 1 points",
            Assert.Throws<MapException>(() => Hdbscan.Fit(Made.Blobs(1, 2, 1))).Message);
        OptionException error = Assert.Throws<OptionException>(() => Hdbscan.Fit(Made.Blobs(10, 2, 1)));
        Assert.Equal(("minSamples is 15, more than the 10 points", "set minSamples to 10 or less"), (error.Message, error.Fix));
        Assert.Equal(10, Hdbscan.Fit(Made.Blobs(10, 2, 1), new HdbscanOptions(MinSamples: 10)).Noise);
    }

    private static IEnumerable<int> Members(Found found, int label) =>
        Enumerable.Range(0, found.Labels.Count).Where(row => found.Labels[row] == label);
}
