using System.Numerics;

namespace MocoSharp.Features;

/// <summary>The k rows with the largest scores among all that were offered, in blocks. Of equal scores the earlier row wins, however the
/// blocks are cut.</summary>
internal sealed class NearestRows(int k)
{
    private readonly (float Score, int Row)[] _kept = new (float, int)[2 * k];
    private int _count;
    private float _threshold = float.NegativeInfinity;

    /// <summary>Looks at a block of scores.</summary>
    /// <param name="scores">Scores of rows <paramref name="first"/>, first + 1, ….</param>
    /// <param name="first">The block's first row; blocks come in rising order.</param>
    /// <param name="except">A row that never counts; −1 for none.</param>
    public void Offer(ReadOnlySpan<float> scores, int first, int except)
    {
        int i = 0, width = Vector<float>.Count;
        while (i < scores.Length)
        {
            // Nearly all scores are below the k-th best so far: reject a vector of them at a time.
            if (i + width <= scores.Length && Vector.LessThanOrEqualAll(new Vector<float>(scores[i..]), new Vector<float>(_threshold)))
            {
                i += width;
                continue;
            }
            int end = Math.Min(i + width, scores.Length);
            for (; i < end; i++)
                if (scores[i] > _threshold && first + i != except) Add(scores[i], first + i);
        }
    }

    /// <summary>The best, largest first; at most k.</summary>
    public ReadOnlySpan<(float Score, int Row)> Best()
    {
        Compact();
        return _kept.AsSpan(0, _count);
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => (_count, _threshold) = (0, float.NegativeInfinity);

    private void Add(float score, int row)
    {
        _kept[_count++] = (score, row);
        if (_count == _kept.Length) Compact();
    }

    private void Compact()
    {
        _kept.AsSpan(0, _count).Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Row.CompareTo(b.Row));
        _count = Math.Min(_count, k);
        if (_count == k) _threshold = _kept[k - 1].Score;
    }
}
