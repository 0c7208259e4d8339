using MocoSharp.Torch;

namespace MocoSharp.Cli.Diagnostics;

/// <summary>Names the devices that a training can be on, and cards that this libtorch cannot use.</summary>
internal static class GraphicsCards
{
    private const string Driver = "/proc/driver/nvidia/gpus";

    internal static Finding Run() => Of(Device.CudaDevices, Names(Driver));

    /// <param name="usable">Cards that libtorch sees.</param>
    /// <param name="names">Cards that NVIDIA's driver sees.</param>
    internal static Finding Of(int usable, IReadOnlyList<string> names)
    {
        if (usable > 0)
        {
            IEnumerable<string> cards = Enumerable.Range(0, usable)
                .Select(card => usable == names.Count && names.Distinct().Count() == 1 ? $"cuda:{card} ({names[card]})" : $"cuda:{card}");
            return new("devices", Verdict.Good, string.Join(", ", cards.Prepend("cpu")));
        }
        if (names.Count == 0) return new("devices", Verdict.Good, "cpu; there is no NVIDIA card");
        return new("devices", Verdict.Slow, $"cpu alone: this libtorch cannot use {string.Join(", ", names)}",
            "install a CUDA build of libtorch (pytorch.org/get-started/locally), set MOCOSHARP_LIBTORCH to its folder, delete "
            + "artifacts/native and run ./moco doctor");
    }

    /// <summary>The models that the driver lists, in the order of their places on the bus.</summary>
    internal static IReadOnlyList<string> Names(string folder) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(static card => Path.Combine(card, "information"))
        .Where(File.Exists)
            .Select(static file => File.ReadLines(file)
            .FirstOrDefault(static line => line.StartsWith("Model:", StringComparison.Ordinal))?[6..].Trim() ?? "a card without a name")];
}
