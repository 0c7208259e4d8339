using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>Places new points on a map that does not move: at the mean of their neighbors, then by the layout's pulls and pushes. A point
/// that the map has already lies where it lies there.</summary>
/// <param name="map">[N] places of the map.</param>
/// <param name="graph">Each new point's nearest of the map.</param>
/// <param name="memberships">Their nearness.</param>
/// <param name="options">The map's.</param>
internal sealed class Placement(Vector128<float>[] map, NeighborGraph graph, float[] memberships, UmapOptions options)
{
    private const int ManyPoints = 10_000, Piece = 128;
    private const float RateShare = 0.25f;
    private const float Same = 2e-6f;       // of a cosine distance, which rounding alone makes more than 0

    private readonly Pull _pull = new(DistanceCurve.Fit(options.MinDistance, options.Spread));
    private readonly Push _push = new(DistanceCurve.Fit(options.MinDistance, options.Spread), options.Repulsion);

    internal PointSet Run(Work work, IProgress<double>? progress)
    {
        int epochs = options.Epochs is { } asked ? asked / 3 : graph.Count <= ManyPoints ? 100 : 30;
        Vector128<float>[] places = new Vector128<float>[graph.Count];
        int done = 0;
        work.Pieces(graph.Count, Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++) places[row] = Settle(row, epochs);
            progress?.Report(Interlocked.Add(ref done, end - start) / (double)graph.Count);
        });
        return Place.ToPoints(places, options.Components);
    }

    private Vector128<float> Settle(int row, int epochs)
    {
        ReadOnlySpan<int> neighbors = graph.Of(row);
        if (graph.DistancesOf(row)[0] <= (options.Metric == Metric.Cosine ? Same : 0)) return map[neighbors[0]];
        ReadOnlySpan<float> nearness = memberships.AsSpan(row * graph.Neighbors, graph.Neighbors);
        Vector128<float> own = Vector128<float>.Zero;
        float sum = 0;
        for (int i = 0; i < neighbors.Length; i++)
        {
            own += nearness[i] * map[neighbors[i]];
            sum += nearness[i];
        }
        own /= sum;
        Span<float> due = stackalloc float[nearness.Length];
        for (int i = 0; i < due.Length; i++) due[i] = 1 / nearness[i];
        for (int epoch = 1; epoch < epochs; epoch++)
        {
            float rate = (float)(options.LearningRate * RateShare * (1 - (epoch - 1) / (double)epochs));
            own = Step(own, row, epoch, rate, due);
        }
        return own;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector128<float> Step(Vector128<float> own, int row, int epoch, float rate, Span<float> due)
    {
        ReadOnlySpan<int> neighbors = graph.Of(row);
        Rng rng = Rng.For(options.Seed, Rng.Use.Transform, epoch, row);
        for (int i = 0; i < due.Length; i++)
        {
            if (due[i] > epoch) continue;
            due[i] += 1 / memberships[row * graph.Neighbors + i];
            own += rate * _pull.Step(own, map[neighbors[i]]);
            own = _push.From(own, map, options.NegativeSamples, rate, ref rng);
        }
        return own;
    }
}
