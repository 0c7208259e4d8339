using MocoSharp.Recipes;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Turns a recipe's precision into an element type on this machine.</summary>
public static class PrecisionChoice
{
    /// <summary>BFloat16 or Float32.</summary>
    public static DType Resolve(Precision precision) => precision switch
    {
        Precision.Bf16 => DType.BFloat16,
        Precision.Fp32 => DType.Float32,
        _ => Kernels.HasBf16 ? DType.BFloat16 : DType.Float32,
    };

    /// <summary>bf16 or fp32.</summary>
    public static string Name(DType type) => type == DType.BFloat16 ? "bf16" : "fp32";
}
