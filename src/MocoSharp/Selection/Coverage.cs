using System.Numerics.Tensors;

namespace MocoSharp.Selection;

/// <summary>How near each row is to the nearest of some centers: labeled rows and chosen ones.</summary>
/// <remarks>Every row is worked out by itself, so that the number of threads changes nothing.</remarks>
internal sealed class Coverage
{
    private const int RowsAtOnce = 512;
    private readonly UnitRows _rows;
    private readonly float[] _nearest;
    private readonly CancellationToken _cancel;

    internal Coverage(UnitRows rows, IEnumerable<int> centers, CancellationToken cancel)
    {
        (_rows, _nearest, _cancel) = (rows, new float[rows.Count], cancel);
        _nearest.AsSpan().Fill(float.NegativeInfinity);
        Add([.. centers]);
    }

    /// <summary>The cosine with the nearest center; −∞ while there is none.</summary>
    internal float this[int place] => _nearest[place];

    internal void Add(params int[] centers)
    {
        if (centers.Length == 0) return;
        int blocks = (_rows.Count + RowsAtOnce - 1) / RowsAtOnce;
        Parallel.For(0, blocks, new ParallelOptions { CancellationToken = _cancel }, block =>
        {
            int end = Math.Min((block + 1) * RowsAtOnce, _rows.Count);
            foreach (int center in centers)
                for (int row = block * RowsAtOnce; row < end; row++) _nearest[row] = Math.Max(_nearest[row], _rows.Cosine(row, center));
        });
    }

    /// <summary>The farthest of the candidates; of equally far ones the first.</summary>
    internal int Farthest(IEnumerable<int> candidates) => candidates.MinBy(place => _nearest[place]);

    /// <summary>The row nearest to the mean of all.</summary>
    internal static int Central(UnitRows rows, IEnumerable<int> candidates)
    {
        double[] sum = new double[rows.Dimensions], row = new double[rows.Dimensions];
        for (int i = 0; i < rows.Count; i++)
        {
            TensorPrimitives.ConvertTruncating(rows[i], row);
            TensorPrimitives.Add(sum, row, sum);
        }
        float[] mean = Array.ConvertAll(sum, value => (float)(value / rows.Count));
        return candidates.MaxBy(place => TensorPrimitives.Dot(rows[place], mean));
    }
}
