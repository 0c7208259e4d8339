using MocoSharp.Cli.Output;
using MocoSharp.Torch;

namespace MocoSharp.Cli.Diagnostics;

/// <summary>Looks at libtorch: does it load, which BLAS does it use, with how many threads.</summary>
internal static class TorchChecks
{
    private const string CoreType = "OPENBLAS_CORETYPE";

    internal static IEnumerable<Finding> Run()
    {
        Finding? missing = null;
        try
        {
            Runtime.Start();
        }
        catch (Exception error) when (error is TorchException or DllNotFoundException or TypeInitializationException)
        {
            ErrorText text = ErrorText.Of(error);
            missing = new("libtorch", Verdict.Bad, text.What, text.Fix);
        }
        if (missing is not null) return [missing];
        return [new("libtorch", Verdict.Good, Runtime.Version + Built()), Threads(), OwnKernels(), OneDnn(), Choices(), Blas(),
            .. OpenBlasCore(), GraphicsCards.Run()];
    }

    private static string Built()
    {
        string[] parts = [.. Runtime.Build.Split('\n').Select(static line => line.Trim(' ', '-')).Where(static line =>
            line.Contains("MKL-DNN", StringComparison.OrdinalIgnoreCase) || line.Contains("oneDNN", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("CPU capability", StringComparison.OrdinalIgnoreCase))];
        return parts.Length == 0 ? "" : $" ({string.Join("; ", parts)})";
    }

    private static Finding Threads()
    {
        int threads = Runtime.Threads, cores = Environment.ProcessorCount;
        return threads >= cores ? new("threads", Verdict.Good, $"{threads} for the training step")
            : new("threads", Verdict.Slow, $"{threads} of {cores} cores for the training step",
            "unset OMP_NUM_THREADS, or train with --threads");
    }

    private static Finding OwnKernels()
    {
        string level = Kernels.Level;
        string text = $"{level}: {Convolutions(level)}";
        return level == Kernels.MachineLevel ? new("kernels", Verdict.Good, text)
            : new("kernels", Verdict.Slow, $"{text}; this machine has {Kernels.MachineLevel}", "unset MOCOSHARP_LEVEL");
    }

    private static Finding OneDnn() => !Runtime.LibraryIsHeldBack ? new("oneDNN", Verdict.Good, "right in what was asked of it")
        : Environment.GetEnvironmentVariable("MOCOSHARP_ONEDNN") == "off"
        ? new("oneDNN", Verdict.Slow, "left out unasked, since MOCOSHARP_ONEDNN is off", "unset MOCOSHARP_ONEDNN")
        : new("oneDNN", Verdict.Slow, "gives wrong convolutions on this machine and is left out",
        "try another libtorch: Debian 12's, or an official one (MOCOSHARP_LIBTORCH)");

    private static Finding Choices() => KernelCache.Problem is { } problem
        ? new("choices", Verdict.Slow, $"the choice of kernels cannot be kept: {problem}",
        "set XDG_CACHE_HOME to a folder that can be written")
        : new("choices", Verdict.Good,
        $"{Numbers.Count(KernelCache.Read(KernelCache.File!).Count)} kept in {KernelCache.File} (moco doctor --kernels)");

    private static string Convolutions(string level) => level switch
    {
        "amx" => "convolutions in bf16 on tiles, in fp32 by Winograd and products, each where it is faster than libtorch's",
        "avx512bf16" =>
            "convolutions in bf16 by pairs and Winograd, in fp32 by Winograd and products, each where it is faster than libtorch's",
        "none" => "convolutions by libtorch alone",
        _ => "convolutions in fp32 by Winograd and products where they are faster than libtorch's, those of bf16 maps too",
    };

    private static Finding Blas()
    {
        string? path = LoadedLibraries.Find("blas", "mkl_rt", "mkl_core", "libblis");
        if (path is null) return new("BLAS", Verdict.Good, "built into libtorch");
        string name = path.Contains("openblas", StringComparison.OrdinalIgnoreCase) ? "OpenBLAS"
            : path.Contains("mkl", StringComparison.OrdinalIgnoreCase) ? "MKL"
            : path.Contains("blis", StringComparison.OrdinalIgnoreCase) ? "BLIS"
            : path.Contains("atlas", StringComparison.OrdinalIgnoreCase) ? "ATLAS" : "reference BLAS";
        return name == "reference BLAS"
            ? new("BLAS", Verdict.Slow, $"{name} ({path}): fp32 products are many times slower", "apt install libopenblas0-pthread")
            : new("BLAS", Verdict.Good, $"{name} ({path})");
    }

    private static IEnumerable<Finding> OpenBlasCore()
    {
        if (Environment.GetEnvironmentVariable(CoreType) is { Length: > 0 } core)
            yield return new(CoreType, Verdict.Slow, $"set to {core}: OpenBLAS uses that processor's kernels, not this one's",
                $"unset {CoreType}");
    }
}
