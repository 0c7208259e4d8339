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

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <exception cref="TorchException">Another text, or a card that is not there.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu") return Cpu;
        string index = text.StartsWith("cuda:", StringComparison.Ordinal) ? text[5..] : text == "cuda" ? "0" : "";
        if (!int.TryParse(index, out int card) || card < 0)
            throw new TorchException(TorchErrorIds.Device, $"'{text}' is no device", fix: "write cpu, cuda or cuda:1");
        if (card >= CudaDevices)
            throw new TorchException(TorchErrorIds.Device, $"device {text} is not there: this libtorch sees {CudaDevices} CUDA cards",
                fix: "choose cpu, or build the bridge against a CUDA libtorch: MOCOSHARP_LIBTORCH=DIR");
        return Cuda(card);
    }

    /// <inheritdoc/>
    public override string ToString() => IsCpu ? "cpu" : $"cuda:{Index}";
}
