using MocoSharp.Recipes;
using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary>What computes, and in which element type: the recipe's wishes on this machine.</summary>
/// <param name="Device">Where networks, batches, queues and banks are.</param>
/// <param name="Type">Of activations and matrix products: BFloat16 or Float32.</param>
public readonly record struct Compute(Device Device, DType Type)
{
    /// <summary>For pictures that no network sees, such as raw pixels.</summary>
    internal static Compute WithoutNetwork { get; } = new(Device.Cpu, DType.Float32);

    /// <summary>From a recipe's name of a device to the device. Tests on machines without cards put one of their own behind
    /// <c>cuda</c>.</summary>
    internal static Func<string, Device> Find { get; set; } = Device.Parse;

    /// <summary>bf16 or fp32.</summary>
    public string Precision => Type == DType.BFloat16 ? "bf16" : "fp32";

    /// <summary>What a recipe asks for.</summary>
    /// <exception cref="TorchException">MS1006: its device is not there.</exception>
    public static Compute Of(TrainingSettings settings)
    {
        Device device = Find(settings.Device);
        return new Compute(device, TypeOn(device, settings.Precision));
    }

    /// <summary>The element type that a precision means on a device.</summary>
    internal static DType TypeOn(Device device, Precision precision) => precision switch
    {
        Recipes.Precision.Bf16 => DType.BFloat16,
        Recipes.Precision.Fp32 => DType.Float32,
        _ => (device.IsCpu ? Kernels.HasBf16 : device.IsCuda && Device.CudaHasBf16) ? DType.BFloat16 : DType.Float32,
    };
}
