using System.Globalization;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>Where a tensor lives: the processor, or one of the graphics cards that libtorch sees.</summary>
/// <param name="Type">libtorch's device type: 0 processor, 1 CUDA.</param>
/// <param name="Index">Card number; −1 for the processor.</param>
public readonly record struct Device(int Type, int Index)
{
    /// <summary>The processor.</summary>
    public static Device Cpu { get; } = new(0, -1);

    /// <summary>How many CUDA cards this libtorch can use; 0 with a CPU build.</summary>
    public static int CudaDevices => NativeMethods.CudaDevices();

    /// <summary>A CUDA card.</summary>
    public static Device Cuda(int index = 0) => new(1, index);

    /// <summary>Whether this is the processor.</summary>
    public bool IsCpu => Type == 0;

    /// <summary>Whether this is a CUDA card.</summary>
    public bool IsCuda => Type == 1;

    /// <summary>Whether the CUDA cards convolve bf16 themselves: Ampere and later, with cuDNN 8.</summary>
    public static bool CudaHasBf16 => NativeMethods.CudaHasBf16() != 0;

    /// <summary>Whether a text names a device, be it there or not: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    public static bool IsName(string text) => text == "cpu" || CardOf(text) is not null;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <exception cref="TorchException">Another text, or a card that is not there.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu") return Cpu;
        int card = CardOf(text) ?? throw new TorchException(TorchErrorIds.Device, $"'{text}' is no device",
            fix: "write cpu, cuda or cuda:1");
        if (card < CudaDevices) return Cuda(card);
        throw CudaDevices > 0
            ? new TorchException(TorchErrorIds.Device,
            $"device {text} is not there: this libtorch sees "
            + $"{(CudaDevices == 1 ? "1 CUDA card, cuda:0" : $"{CudaDevices} CUDA cards, cuda:0 to cuda:{CudaDevices - 1}")}",
                fix: "choose one of these, or cpu")
            : new TorchException(TorchErrorIds.Device,
            $"device {text} is not there: this libtorch ({Runtime.Version}) has no CUDA, or sees no card",
                fix: "choose cpu; or install NVIDIA's driver and a CUDA build of libtorch (pytorch.org/get-started/locally), set "
                + "MOCOSHARP_LIBTORCH to its folder and run ./moco doctor");
    }

    /// <inheritdoc/>
    public override string ToString() => Type switch { 0 => "cpu", 1 => $"cuda:{Index}", _ => $"device {Type}:{Index}" };

    private static int? CardOf(string text)
    {
        string index = text.StartsWith("cuda:", StringComparison.Ordinal) ? text[5..] : text == "cuda" ? "0" : "";
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int card) ? card : null;
    }
}
