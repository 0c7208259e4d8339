using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>First places by the eigenvectors of a graph's normalized Laplacian: I − D^−½ W D^−½, those of the least eigenvalues after the
/// first, which is known to be constant but for the degrees.</summary>
internal static class SpectralStart
{
    private const int Lanes = SubspaceIteration.Lanes, Degree = 40, Rounds = 60, Dense = 200;
    private const double Tolerance = 1e-4;

    /// <summary>[N, components] places, or null where the eigenvectors are not found within the allowed steps.</summary>
    /// <param name="graph">A connected graph of more points than components + 1.</param>
    /// <param name="components">2 or 3.</param>
    /// <param name="seed">The map's.</param>
    /// <param name="work">How to share it out.</param>
    internal static float[]? Find(SparseGraph graph, int components, ulong seed, Work work)
    {
        double[] roots = new double[graph.Count];
        for (int row = 0; row < graph.Count; row++)
        {
            foreach (float weight in graph.WeightsOf(row)) roots[row] += weight;
            roots[row] = Math.Sqrt(roots[row]);
        }
        return graph.Count <= Dense ? FindDense(graph, roots, components) : FindSparse(graph, roots, components, seed, work);
    }

    private static float[] FindDense(SparseGraph graph, double[] roots, int components)
    {
        double[,] matrix = new double[graph.Count, graph.Count];
        for (int row = 0; row < graph.Count; row++)
            for (int place = graph.Starts[row]; place < graph.Starts[row + 1]; place++)
                matrix[row, graph.Columns[place]] = graph.Weights[place] / (roots[row] * roots[graph.Columns[place]]);
        double[,] vectors = SymmetricEigen.Of(matrix).Vectors;
        float[] places = new float[graph.Count * components];
        for (int row = 0; row < graph.Count; row++)
            for (int c = 0; c < components; c++) places[row * components + c] = (float)vectors[row, c + 1];
        return places;
    }

    private static float[]? FindSparse(SparseGraph graph, double[] roots, int components, ulong seed, Work work)
    {
        float[] start = new float[graph.Count * Lanes];
        work.Pieces(graph.Count, Work.Piece, (first, end, _) =>
        {
            for (int row = first; row < end; row++)
            {
                Rng rng = Rng.For(seed, Rng.Use.Eigenvectors, row);
                start[row * Lanes] = (float)roots[row];
                for (int lane = 1; lane < Lanes; lane++) start[row * Lanes + lane] = (float)(rng.NextGaussian() * roots[row]);
            }
        });
        Eigenvectors found = SubspaceIteration.Find(new Adjacency(graph, roots, work), start, components + 1, Degree, Rounds,
            Tolerance, work);
        if (!found.IsConverged) return null;
        float[] places = new float[graph.Count * components];
        for (int row = 0; row < graph.Count; row++)
            for (int c = 0; c < components; c++) places[row * components + c] = found.Vectors[row * Lanes + c + 1];
        return places;
    }

    // D^−½ W D^−½, whose eigenvalues lie in [−1, 1].
    private sealed class Adjacency : ISymmetricOperator
    {
        private readonly SparseGraph _graph;
        private readonly float[] _weights;
        private readonly Work _work;

        internal Adjacency(SparseGraph graph, double[] roots, Work work)
        {
            (_graph, _work, _weights) = (graph, work, new float[graph.Weights.Length]);
            work.Pieces(graph.Count, Work.Piece, (start, end, _) =>
            {
                for (int row = start; row < end; row++)
                    for (int place = graph.Starts[row]; place < graph.Starts[row + 1]; place++)
                        _weights[place] = (float)(graph.Weights[place] / (roots[row] * roots[graph.Columns[place]]));
            });
        }

        public int Size => _graph.Count;

        public double Lowest => -1;

        public void Apply(float[] block, float[] products) => _work.Pieces(Size, Work.Piece, (start, end, _) =>
        {
            Span<Vector256<float>> from = LaneBlock.Vectors(block), to = LaneBlock.Vectors(products);
            for (int row = start; row < end; row++)
            {
                Vector256<float> sum = Vector256<float>.Zero;
                for (int place = _graph.Starts[row]; place < _graph.Starts[row + 1]; place++)
                    sum = Vector256.FusedMultiplyAdd(Vector256.Create(_weights[place]), from[_graph.Columns[place]], sum);
                to[row] = sum;
            }
        });
    }
}
