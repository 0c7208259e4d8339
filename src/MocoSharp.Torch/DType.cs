namespace MocoSharp.Torch;

/// <summary>Element types; the numbers are libtorch's.</summary>
public enum DType
{
    /// <summary>8 bits, 0 to 255.</summary>
    UInt8 = 0,

    /// <summary>8 bits, signed.</summary>
    Int8 = 1,

    /// <summary>16 bits, signed.</summary>
    Int16 = 2,

    /// <summary>32 bits, signed.</summary>
    Int32 = 3,

    /// <summary>64 bits, signed: indices and class labels.</summary>
    Int64 = 4,

    /// <summary>IEEE half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE single precision: weights, statistics, losses.</summary>
    Float32 = 6,

    /// <summary>IEEE double precision: reference values.</summary>
    Float64 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 11,

    /// <summary>The upper half of a single: activations and matrix products.</summary>
    BFloat16 = 15,
}

/// <summary>Sizes and .NET types of element types.</summary>
public static class DTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Bytes(this DType type) => type switch
    {
        DType.UInt8 or DType.Int8 or DType.Bool => 1,
        DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Int32 or DType.Float32 => 4,
        DType.Int64 or DType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "an element type that the library does not know"),
    };

    /// <summary>The short name that people and safetensors use: F32, BF16, I64, …</summary>
    public static string ShortName(this DType type) => type switch
    {
        DType.UInt8 => "U8",
        DType.Int8 => "I8",
        DType.Int16 => "I16",
        DType.Int32 => "I32",
        DType.Int64 => "I64",
        DType.Float16 => "F16",
        DType.Float32 => "F32",
        DType.Float64 => "F64",
        DType.Bool => "BOOL",
        DType.BFloat16 => "BF16",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "an element type that the library does not know"),
    };

    /// <summary>The element type of a .NET type.</summary>
    /// <exception cref="ArgumentException">No element type stands for <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged
    {
        Type type = typeof(T);
        if (type == typeof(float)) return DType.Float32;
        if (type == typeof(double)) return DType.Float64;
        if (type == typeof(long)) return DType.Int64;
        if (type == typeof(int)) return DType.Int32;
        if (type == typeof(byte)) return DType.UInt8;
        if (type == typeof(sbyte)) return DType.Int8;
        if (type == typeof(short)) return DType.Int16;
        if (type == typeof(bool)) return DType.Bool;
        if (type == typeof(Half)) return DType.Float16;
        throw new ArgumentException($"no element type stands for {type.Name}");
    }
}
