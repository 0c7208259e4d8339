using System.Runtime.InteropServices;

namespace MocoSharp.Exchange.Inspection;

/// <summary>What a tensor's numbers are like.</summary>
/// <param name="Least">The least finite number; null where there is none.</param>
/// <param name="Most">The greatest finite number.</param>
/// <param name="Mean">Of the finite numbers.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="NotANumber">How many are NaN.</param>
/// <param name="Infinite">How many are infinite.</param>
/// <param name="Zeros">How many are 0.</param>
public sealed record TensorStatistics(double? Least, double? Most, double? Mean, double? Deviation, long NotANumber, long Infinite,
    long Zeros);

/// <summary>Sums over numbers of one type that come in pieces.</summary>
/// <param name="type">F32, BF16, I64, U16, … as safetensors calls them.</param>
internal sealed class NumberSums(string type)
{
    private double _least = double.PositiveInfinity, _most = double.NegativeInfinity, _sum, _squares, _shift;
    private long _count, _nan, _infinite, _zeros;

    /// <summary>Bytes of one number; 0 where the type is not known.</summary>
    internal static int BytesOf(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    /// <summary>Adds whole numbers' bytes, little-endian.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case "F64": Add<double>(bytes, static value => value); break;
            case "F32": Add<float>(bytes, static value => value); break;
            case "F16": Add<Half>(bytes, static value => (double)value); break;
            case "BF16": Add<ushort>(bytes, static value => BitConverter.UInt32BitsToSingle((uint)value << 16)); break;
            case "I64": Add<long>(bytes, static value => value); break;
            case "U64": Add<ulong>(bytes, static value => value); break;
            case "I32": Add<int>(bytes, static value => value); break;
            case "U32": Add<uint>(bytes, static value => value); break;
            case "I16": Add<short>(bytes, static value => value); break;
            case "U16": Add<ushort>(bytes, static value => value); break;
            case "I8": Add<sbyte>(bytes, static value => value); break;
            case "BOOL": Add<byte>(bytes, static value => value == 0 ? 0 : 1); break;
            default: Add<byte>(bytes, static value => value); break;
        }
    }

    /// <summary>What they came to.</summary>
    /// <param name="times">How often each stands for itself: dimensions that repeat.</param>
    internal TensorStatistics Result(long times = 1)
    {
        double mean = _sum / _count;
        return new TensorStatistics(_count > 0 ? _least : null, _count > 0 ? _most : null, _count > 0 ? _shift + mean : null,
            _count > 0 ? Math.Sqrt(Math.Max(0, _squares / _count - mean * mean)) : null, _nan * times, _infinite * times, _zeros * times);
    }

    private void Add<T>(ReadOnlySpan<byte> bytes, Func<T, double> number) where T : unmanaged
    {
        foreach (T item in MemoryMarshal.Cast<byte, T>(bytes))
        {
            double value = number(item);
            if (double.IsNaN(value)) _nan++;
            else if (double.IsInfinity(value)) _infinite++;
            else
            {
                if (_count++ == 0) _shift = value;      // sums of differences from one of them lose nothing to a far mean
                if (value == 0) _zeros++;
                _least = Math.Min(_least, value);
                _most = Math.Max(_most, value);
                _sum += value - _shift;
                _squares += (value - _shift) * (value - _shift);
            }
        }
    }
}
