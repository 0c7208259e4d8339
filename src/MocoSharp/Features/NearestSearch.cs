using System.Numerics.Tensors;
using MocoSharp.Torch;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Features;

/// <summary>Finds each query's k nearest rows of a bank by cosine, block by block.</summary>
/// <param name="bank">The rows that are searched.</param>
/// <param name="voters">Which of them count, in rising order.</param>
/// <param name="queries">The rows that ask.</param>
/// <param name="k">How many to find; there are so many besides the query itself.</param>
/// <param name="isSame">Whether bank and queries are one set: no row is its own neighbor.</param>
/// <param name="device">Where rows are multiplied.</param>
/// <param name="cancel">Stops between blocks.</param>
/// <remarks>Where the processor multiplies bf16 far faster than fp32, bf16 scores choose candidates first: the error of such a score has a
/// bound that is worked out from what rounding did to these very rows, and every row that could be among the best stays. Only they are
/// compared in fp32, so the result is what fp32 gives. Where too many rows lie within the bound, as in features that have collapsed, these
/// queries are done in fp32 alone. Memory grows with neither count's product: 16 MiB of scores at a time, and 24 (k + 256) bytes of
/// candidates for each of the queries, 21 MiB for k 200.
/// </remarks>
internal sealed class NearestSearch(FeatureSet bank, int[] voters, FeatureSet queries, int k, bool isSame, Device device,
    CancellationToken cancel)
{
    /// <summary>Queries that are searched for together.</summary>
    internal const int QueryBlock = 2048;

    private const int BankBlock = 4096, ExactQueryBlock = 512;
    private const float OutputError = 1f / 512, SumError = 1e-4f;      // half a bf16 step at 1; fp32 sums of some thousand products

    private const long CoarseProducts = 1L << 26;     // fewer are done in fp32 before bf16 has paid for its rounding

    private readonly float[] _inverses = new float[bank.Count];
    private bool _hasInverses;

    /// <summary>Whether bf16 candidates pay.</summary>
    internal bool IsCoarseFaster =>
        device.IsCpu && Kernels.HasBf16 && (long)queries.Count * voters.Length * bank.Dimensions >= CoarseProducts;

    /// <summary>Finds neighbors by bf16 candidates.</summary>
    /// <param name="rows">The queries, at most <see cref="QueryBlock"/>.</param>
    /// <returns>For each query its neighbors, the nearest first, as places in the voters.</returns>
    internal (float Score, int Row)[][] Coarse(int[] rows)
    {
        using TensorScope scope = TensorScope.Begin();
        CoarseRows left = CoarseRows.Of(queries, rows);
        CandidateRows[] found = new CandidateRows[rows.Length];
        float margin = 0;
        for (int first = 0; first < voters.Length; first += BankBlock)
        {
            cancel.ThrowIfCancellationRequested();
            using TensorScope block = TensorScope.Begin();
            CoarseRows right = CoarseRows.Of(bank, voters.AsMemory(first, Math.Min(BankBlock, voters.Length - first)));
            int width = (int)right.Values.Size(0), start = first;
            // |q·b − q'·b'| ≤ |q − q'| |b| + |q'| |b − b'|, and the product is rounded once more
            margin = Math.Max(margin, 2 * (left.Error + (1 + left.Error) * right.Error + OutputError + SumError));
            Tensor cosines = left.Values.MatMul(right.Values.T);      // [rows, width]
            float widest = margin;
            Parallel.For(0, rows.Length, row =>
                (found[row] ??= new CandidateRows(k))
                .Offer(cosines.AsSpan<ushort>().Slice(row * width, width), start, Self(rows[row]), widest));
        }
        if (!_hasInverses)
        {
            Parallel.For(0, voters.Length, i => _inverses[voters[i]] = CoarseRows.Inverse(bank.Row(voters[i])));
            _hasInverses = true;
        }
        (float, int)[][] nearest = new (float, int)[rows.Length][];
        Parallel.For(0, rows.Length, row => nearest[row] = found[row].IsCrowded ? [] : Compare(rows[row], found[row].Rows()));
        int[] crowded = [.. Enumerable.Range(0, rows.Length).Where(row => found[row].IsCrowded)];
        if (crowded.Length > 0)
        {
            (float, int)[][] exact = Exact([.. crowded.Select(row => rows[row])]);
            for (int i = 0; i < crowded.Length; i++) nearest[crowded[i]] = exact[i];
        }
        return nearest;
    }

    /// <summary>Finds neighbors in fp32 throughout.</summary>
    /// <inheritdoc cref="Coarse"/>
    internal (float Score, int Row)[][] Exact(int[] rows)
    {
        (float, int)[][] nearest = new (float, int)[rows.Length][];
        for (int start = 0; start < rows.Length; start += ExactQueryBlock)
            Exact(rows.AsMemory(start, Math.Min(ExactQueryBlock, rows.Length - start)), nearest.AsMemory(start));
        return nearest;
    }

    private void Exact(ReadOnlyMemory<int> rows, Memory<(float, int)[]> nearest)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor left = UnitRows(queries, rows).To(device);                                     // [rows, D]
        NearestRows[] found = new NearestRows[rows.Length];
        for (int first = 0; first < voters.Length; first += BankBlock)
        {
            cancel.ThrowIfCancellationRequested();
            using TensorScope block = TensorScope.Begin();
            int width = Math.Min(BankBlock, voters.Length - first), start = first;
            Tensor cosines = left.MatMul(UnitRows(bank, voters.AsMemory(first, width)).To(device).T);    // [rows, width]
            if (!device.IsCpu)
            {
                OfferBest(cosines, found, start, rows);
                continue;
            }
            Parallel.For(0, rows.Length, row =>
                (found[row] ??= new NearestRows(k)).Offer(cosines.AsSpan<float>().Slice(row * width, width), start, Self(rows.Span[row])));
        }
        Parallel.For(0, rows.Length, row => nearest.Span[row] = found[row].Best().ToArray());
    }

    /// <summary>As the search on the processor, with each block's best chosen on the device: only they are copied.</summary>
    private void OfferBest(Tensor cosines, NearestRows[] found, int start, ReadOnlyMemory<int> rows)
    {
        int most = (int)Math.Min(k + (isSame ? 1 : 0), cosines.Size(1));
        (Tensor values, Tensor places) = cosines.TopK(most, dim: 1);
        float[] scores = values.ToArray<float>();
        long[] columns = places.ToArray<long>();
        Parallel.For(0, rows.Length, row =>
        {
            NearestRows best = found[row] ??= new NearestRows(k);
            for (int i = row * most; i < (row + 1) * most; i++)
                best.Offer(scores.AsSpan(i, 1), start + (int)columns[i], Self(rows.Span[row]));
        });
    }

    private (float, int)[] Compare(int query, ReadOnlySpan<int> candidates)
    {
        ReadOnlySpan<float> asked = queries.Row(query);
        float inverse = CoarseRows.Inverse(asked);
        NearestRows best = new(k);
        foreach (int row in candidates)
        {
            float cosine = TensorPrimitives.Dot(asked, bank.Row(voters[row])) * inverse * _inverses[voters[row]];
            best.Offer([cosine], row, except: -1);
        }
        return best.Best().ToArray();
    }

    /// <summary>A query's own place among the voters; −1 where it has none.</summary>
    private int Self(int query) => isSame ? Array.BinarySearch(voters, query) : -1;

    private static Tensor UnitRows(FeatureSet features, ReadOnlyMemory<int> rows)
    {
        int dimensions = features.Dimensions;
        Tensor units = Tensor.Empty([rows.Length, dimensions]);
        Parallel.For(0, rows.Length, i =>
        {
            ReadOnlySpan<float> row = features.Row(rows.Span[i]);
            TensorPrimitives.Multiply(row, CoarseRows.Inverse(row), units.AsSpan<float>().Slice(i * dimensions, dimensions));
        });
        return units;
    }
}
