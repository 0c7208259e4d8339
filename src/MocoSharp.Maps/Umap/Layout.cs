using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>Lays points out by pulling neighbors together and pushing random points apart, an edge as often as its weight says.</summary>
/// <remarks>McInnes et al. 2018, algorithm 5, in an order that threads can share: in an epoch each point takes all steps that are due to
/// it, as head and as tail of its edges, pulls and pushes in turn (eight pushes at once where the paper has five), while the others stay
/// where they stood when its turn of the epoch began. So each place has one writer. Pushes that are gathered behind all pulls spread a map
/// to twice its size. A map that starts from another is drawn back to it a little, as AlignedUMAP's maps are to each other.</remarks>
internal sealed class Layout
{
    private const int Turns = 4, Piece = 512;
    private const float Homing = 0.03f;                   // parts that nothing joins drift freely without it
    private readonly SparseGraph _graph;
    private readonly float[] _due;                        // per edge: the epoch of its next step
    private readonly float _strongest;
    private readonly Pull _pull;
    private readonly Push _push;
    private readonly UmapOptions _options;
    private readonly Work _work;
    private readonly Vector128<float>[]? _homes;          // where points are drawn back to
    private readonly int[] _order;                        // the points of the first turn, then of the second …
    private readonly int[] _turnStarts = new int[Turns + 1];

    internal Layout(SparseGraph graph, UmapOptions options, Work work, PointSet? homes = null)
    {
        (_graph, _options, _work) = (graph, options, work);
        _homes = homes is null ? null : Place.Of(homes);
        DistanceCurve curve = DistanceCurve.Fit(options.MinDistance, options.Spread);
        (_pull, _push) = (new Pull(curve), new Push(curve, options.Repulsion));
        _strongest = graph.Weights.Length == 0 ? 1 : graph.Weights.Max();
        _due = [.. graph.Weights.Select(Period)];
        List<int>[] turns = [.. Enumerable.Range(0, Turns).Select(static _ => new List<int>())];
        for (int point = 0; point < graph.Count; point++) turns[Rng.Mix((ulong)point) % Turns].Add(point);
        _order = [.. turns.SelectMany(static turn => turn)];
        for (int turn = 0; turn < Turns; turn++) _turnStarts[turn + 1] = _turnStarts[turn] + turns[turn].Count;
    }

    /// <summary>Moves the points.</summary>
    /// <param name="points">[N] places, changed.</param>
    /// <param name="epochs">Rounds.</param>
    /// <param name="report">Told the share that is done.</param>
    internal void Run(Vector128<float>[] points, int epochs, Action<double> report)
    {
        Vector128<float>[] moved = new Vector128<float>[points.Length];
        for (int epoch = 1; epoch < epochs; epoch++)      // the first step of the strongest edge is due at 1
        {
            float rate = (float)(_options.LearningRate * (1 - (epoch - 1) / (double)epochs));
            int now = epoch;
            for (int turn = 0; turn < Turns; turn++)
            {
                int first = _turnStarts[turn], count = _turnStarts[turn + 1] - first;
                _work.Pieces(count, Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
                {
                    foreach (int point in _order.AsSpan(first + start, end - start)) moved[point] = Move(points, point, now, rate);
                });
                _work.Pieces(count, Work.Piece * 8, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
                {
                    foreach (int point in _order.AsSpan(first + start, end - start)) points[point] = moved[point];
                });
            }
            report(epoch / (double)epochs);
        }
    }

    private float Period(float weight) => _strongest / weight;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector128<float> Move(Vector128<float>[] points, int point, int epoch, float rate)
    {
        Vector128<float> own = points[point];
        Rng rng = Rng.For(_options.Seed, Rng.Use.Layout, epoch, point);
        int owed = 0;
        for (int edge = _graph.Starts[point]; edge < _graph.Starts[point + 1]; edge++)
        {
            if (_due[edge] > epoch) continue;
            _due[edge] += Period(_graph.Weights[edge]);
            own = _pull.Twice(own, points[_graph.Columns[edge]], rate);
            owed += _options.NegativeSamples;
            if (owed < Push.Lanes) continue;
            own = _push.From(own, points, owed / Push.Lanes * Push.Lanes, rate, ref rng);
            owed %= Push.Lanes;
        }
        own = _push.From(own, points, owed, rate, ref rng);
        return _homes is null ? own : own + (_homes[point] - own) * (Homing * rate);
    }
}
