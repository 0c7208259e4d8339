using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Tests;

public sealed class SpectralStartTests
{
    [Fact]
    public void A_ring_is_laid_out_as_a_circle()
    {
        const int count = 400;
        SparseGraph ring = new([.. Enumerable.Range(0, count + 1).Select(static row => 2 * row)],
            [.. Enumerable.Range(0, count).SelectMany(static row => (int[])[(row + count - 1) % count, (row + 1) % count]).Chunk(2)
                .SelectMany(static pair => pair.Order())], [.. Enumerable.Repeat(1f, 2 * count)]);
        float[]? places = SpectralStart.Find(ring, 2, 1, new Work(2, default));
        Assert.NotNull(places);
        foreach (float[] place in places.Chunk(2)) Assert.Equal(2.0 / count, place[0] * place[0] + place[1] * place[1], 3e-4);
    }

    [Theory, InlineData(150, 4), InlineData(1250, 1), InlineData(3000, 3)]
    public void Vectors_are_eigenvectors_whatever_the_gap(int count, int centers)
    {
        Work work = new(2, default);
        SparseGraph graph = FuzzyGraph.Of(NearestNeighbors.Find(Made.Blobs(count, 16, centers, apart: 0.2), 14), 15, 1, 1, work);
        Assert.Single(GraphParts.Of(graph));
        float[]? places = SpectralStart.Find(graph, 2, 1, work);
        Assert.NotNull(places);
        for (int c = 0; c < 2; c++) Assert.InRange(Residual(graph, [.. places.Where((_, i) => i % 2 == c)]), 0, 3e-4);
    }

    // ‖A v − (v·A v) v‖ of a vector that must have unit length.
    private static double Residual(SparseGraph graph, float[] vector)
    {
        Assert.Equal(1, vector.Sum(static value => (double)value * value), 1e-3);
        double[] degrees = [.. Enumerable.Range(0, graph.Count).Select(row => (double)graph.WeightsOf(row).ToArray().Sum())];
        double[] product = new double[graph.Count];
        for (int row = 0; row < graph.Count; row++)
            for (int place = graph.Starts[row]; place < graph.Starts[row + 1]; place++)
                product[row] += graph.Weights[place] * vector[graph.Columns[place]]
                    / Math.Sqrt(degrees[row] * degrees[graph.Columns[place]]);
        double value = product.Zip(vector, static (a, b) => a * b).Sum();
        return Math.Sqrt(product.Zip(vector, (a, b) => (a - value * b) * (a - value * b)).Sum());
    }
}
