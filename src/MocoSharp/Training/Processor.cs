namespace MocoSharp.Training;

/// <summary>What the processor can do that matters for training.</summary>
public static class Processor
{
    private const string Description = "/proc/cpuinfo";
    private static readonly Lazy<IReadOnlyDictionary<string, string>> s_first = new(ReadFirst);

    /// <summary>Its name.</summary>
    public static string Name => s_first.Value.GetValueOrDefault("model name", "unknown processor");

    /// <summary>Instruction sets, as the kernel names them.</summary>
    public static IReadOnlySet<string> Flags { get; } = s_first.Value.GetValueOrDefault("flags", "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    /// <summary>Whether it multiplies bf16 faster than fp32: AMX tiles or AVX-512's bf16 products.</summary>
    public static bool HasBf16 => Flags.Contains("amx_bf16") || Flags.Contains("avx512_bf16");

    private static Dictionary<string, string> ReadFirst()
    {
        Dictionary<string, string> fields = [];
        if (!File.Exists(Description)) return fields;
        foreach (string line in File.ReadLines(Description).TakeWhile(static line => line.Length > 0))
            if (line.Split(':', 2) is [string key, string value]) fields[key.Trim()] = value.Trim();
        return fields;
    }
}
