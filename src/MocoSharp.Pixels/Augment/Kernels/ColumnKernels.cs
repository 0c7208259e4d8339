using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Weighted sums of whole rows.</summary>
internal static class ColumnKernels
{
    /// <summary>target = Σ weights[k] · row k of bytes.</summary>
    /// <param name="source">Starts at the first row's first sample.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="weights">One a row.</param>
    /// <param name="target">As many samples as are wanted.</param>
    public static void Bytes(ReadOnlySpan<byte> source, int stride, ReadOnlySpan<float> weights, Span<float> target)
    {
        const int Lanes = 16;
        int length = target.Length, x = 0;
        _ = source[(weights.Length - 1) * stride + length - 1]; // one check here stands for all reads below
        ref byte first = ref MemoryMarshal.GetReference(source);
        ref float output = ref MemoryMarshal.GetReference(target);
        if (length >= Lanes)
            for (; ; x = Math.Min(x + Lanes, length - Lanes)) // the last vector overlaps the one before it
            {
                Vector512<float> sum = Widen(ref first, (nuint)x) * weights[0];
                for (int k = 1; k < weights.Length; k++)
                    sum = Vector512.FusedMultiplyAdd(Widen(ref first, (nuint)(k * stride + x)), Vector512.Create(weights[k]), sum);
                sum.StoreUnsafe(ref output, (nuint)x);
                if (x == length - Lanes)
                    return;
            }
        for (; x < length; x++)
        {
            float sum = source[x] * weights[0];
            for (int k = 1; k < weights.Length; k++)
                sum = MathF.FusedMultiplyAdd(source[k * stride + x], weights[k], sum);
            target[x] = sum;
        }
    }

    /// <summary>target = Σ weights[k] · row k of floats.</summary>
    public static void Floats(ReadOnlySpan<float> source, int stride, ReadOnlySpan<float> weights, Span<float> target)
    {
        TensorPrimitives.Multiply(source[..target.Length], weights[0], target);
        for (int k = 1; k < weights.Length; k++)
            TensorPrimitives.FusedMultiplyAdd(source.Slice(k * stride, target.Length), weights[k], target, target);
    }

    /// <summary>16 bytes as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Widen(Vector128<byte> bytes)
    {
        if (Avx512F.IsSupported)
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes));
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(ref byte source, nuint at) => Widen(Vector128.LoadUnsafe(ref source, at));
}
