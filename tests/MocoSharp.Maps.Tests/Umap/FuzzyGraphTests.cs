using System.Text.Json;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Tests;

public sealed class FuzzyGraphTests
{
    [Theory, InlineData(0), InlineData(1)]
    public void Edges_and_weights_are_those_of_umap_learn(int which)
    {
        JsonElement golden = Made.Golden("umap"), expected = golden.GetProperty("graphs")[which];
        int neighbors = golden.GetProperty("neighbors").GetInt32();
        PointSet points = new(golden.Floats("points"), golden.GetProperty("dimensions").GetInt32());
        NeighborGraph nearest = NearestNeighbors.Find(points, neighbors - 1);
        SparseGraph graph = FuzzyGraph.Of(nearest, neighbors, expected.Number("connectivity"), expected.Number("union"),
            new Work(1, default));
        Assert.Equal(expected.Wholes("starts"), graph.Starts);
        Assert.Equal(expected.Wholes("columns"), graph.Columns);
        float[] weights = expected.Floats("weights");
        for (int i = 0; i < weights.Length; i++) Assert.Equal(weights[i], graph.Weights[i], 2e-4f);
    }

    [Fact]
    public void Memberships_of_a_point_add_up_to_log2_of_its_neighbors()
    {
        NeighborGraph nearest = NearestNeighbors.Find(Made.Blobs(200, 8, 4), 14);
        float[] memberships = FuzzyGraph.Memberships(nearest, 15, 1, new Work(1, default));
        foreach (float[] row in memberships.Chunk(14)) Assert.Equal(Math.Log2(15), row.Sum(), 1e-3);
    }

    [Fact]
    public void Labels_weaken_edges_between_classes_and_keep_those_within()
    {
        PointSet points = Made.Blobs(120, 4, 3, apart: 0.5);
        int[] labels = Made.Labels(120, 3);
        Work work = new(1, default);
        SparseGraph plain = FuzzyGraph.Of(NearestNeighbors.Find(points, 14), 15, 1, 1, work);
        SparseGraph supervised = FuzzyGraph.Supervised(plain, labels, 0.5, work);
        Assert.True(Between(plain, labels) > 0.3 && Between(supervised, labels) < 0.1 * Between(plain, labels));
    }

    // The share of the weight that joins points of different labels.
    private static double Between(SparseGraph graph, int[] labels)
    {
        double between = 0;
        for (int row = 0; row < graph.Count; row++)
            for (int place = graph.Starts[row]; place < graph.Starts[row + 1]; place++)
                if (labels[row] != labels[graph.Columns[place]]) between += graph.Weights[place];
        return between / graph.Weights.Sum();
    }
}
