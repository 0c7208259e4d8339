using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Features;

/// <summary>Rows that may be among the k best, by scores that are known to within an error: all that reach the k-th best less a
/// margin.</summary>
/// <remarks>
/// Scores are bf16 numbers, whose bits order like whole numbers once negative ones are turned round. So the k-th best is found by counting
/// bytes, in time linear in the candidates, and nearly every score is turned down 32 at a time.
/// </remarks>
internal sealed class CandidateRows
{
    private const int Sign = 0x8000;
    private readonly int _k;
    private float _margin;
    private readonly ushort[] _keys;
    private readonly int[] _rows;
    private float _threshold = float.NegativeInfinity;

    /// <summary>Makes an empty set.</summary>
    /// <param name="k">How many are wanted, 1 or more.</param>
    internal CandidateRows(int k)
    {
        _k = k;
        _keys = new ushort[4 * k + 1024];
        _rows = new int[_keys.Length];
    }

    /// <summary>Rows that are kept now.</summary>
    internal int Count { get; private set; }

    /// <summary>Too many rows lie within the margin: these scores cannot tell the best apart, and nothing more is kept.</summary>
    internal bool IsCrowded { get; private set; }

    /// <summary>Looks at a block of scores.</summary>
    /// <param name="scores">bf16 bits, of rows <paramref name="first"/>, first + 1, ….</param>
    /// <param name="first">The block's first row; blocks come in rising order.</param>
    /// <param name="except">A row that never counts; −1 for none.</param>
    /// <param name="margin">Twice the scores' error, of all blocks until here; it never falls.</param>
    internal void Offer(ReadOnlySpan<ushort> scores, int first, int except, float margin)
    {
        if (IsCrowded) return;
        _threshold -= margin - _margin;
        _margin = margin;
        ref ushort start = ref MemoryMarshal.GetReference(scores);
        int i = 0;
        for (; i <= scores.Length - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.LoadUnsafe(ref start, (nuint)i));
            Vector512<float> least = Vector512.Create(_threshold);
            ulong reach = Vector512.GreaterThanOrEqual((low << 16).AsSingle(), least).ExtractMostSignificantBits()
                | (Vector512.GreaterThanOrEqual((high << 16).AsSingle(), least).ExtractMostSignificantBits() << Vector512<float>.Count);
            for (; reach != 0; reach &= reach - 1) Add(scores, i + BitOperations.TrailingZeroCount(reach), first, except);
        }
        for (; i < scores.Length; i++) Add(scores, i, first, except);
    }

    /// <summary>The rows that reach the last threshold, in rising order.</summary>
    internal ReadOnlySpan<int> Rows()
    {
        Compact();
        return _rows.AsSpan(0, Count);
    }

    private void Add(ReadOnlySpan<ushort> scores, int at, int first, int except)
    {
        // the threshold may have risen since the vector was compared
        if (IsCrowded || Value(scores[at]) < _threshold || first + at == except) return;
        (_keys[Count], _rows[Count]) = (Key(scores[at]), first + at);
        if (++Count < _keys.Length) return;
        Compact();
        IsCrowded = Count > _keys.Length * 3 / 4;
    }

    /// <summary>Raises the threshold to the k-th best less the margin, and drops what lies below.</summary>
    private void Compact()
    {
        if (Count <= _k) return;
        _threshold = Value(Bits(KthKey())) - _margin;
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (Value(Bits(_keys[i])) < _threshold) continue;
            (_keys[kept], _rows[kept]) = (_keys[i], _rows[i]);
            kept++;
        }
        Count = kept;
    }

    private ushort KthKey()
    {
        Span<int> counts = stackalloc int[256];
        int left = _k;
        int high = Bin(counts, low: false, 0, ref left), low = Bin(counts, low: true, high, ref left);
        return (ushort)(high << 8 | low);
    }

    /// <summary>The byte of the k-th largest key: the high one, or the low one among keys with the given high one.</summary>
    private int Bin(Span<int> counts, bool low, int high, ref int left)
    {
        counts.Clear();
        foreach (ushort key in _keys.AsSpan(0, Count))
        {
            if (!low) counts[key >> 8]++;
            else if (key >> 8 == high) counts[key & 255]++;
        }
        int bin = 255;
        for (; left > counts[bin]; bin--) left -= counts[bin];
        return bin;
    }

    private static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>A score's bits as a whole number that orders as the scores do.</summary>
    private static ushort Key(ushort bits) => (ushort)((bits & Sign) != 0 ? ~bits : bits | Sign);

    private static ushort Bits(ushort key) => (ushort)((key & Sign) != 0 ? key & ~Sign : ~key);
}
