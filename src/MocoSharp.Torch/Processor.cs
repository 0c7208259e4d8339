namespace MocoSharp.Torch;

/// <summary>The processor by its own words. What kernels run on it: <see cref="Kernels.Level"/>.</summary>
public static class Processor
{
    private const string Description = "/proc/cpuinfo";
    private static readonly Lazy<IReadOnlyDictionary<string, string>> s_first = new(ReadFirst);

    /// <summary>Its name.</summary>
    public static string Name => s_first.Value.GetValueOrDefault("model name", "unknown processor");

    /// <summary>Instruction sets, as the kernel names them.</summary>
    public static IReadOnlySet<string> Flags { get; } = s_first.Value.GetValueOrDefault("flags", "")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    private static Dictionary<string, string> ReadFirst()
    {
        Dictionary<string, string> fields = [];
        if (!File.Exists(Description)) return fields;
        foreach (string line in File.ReadLines(Description).TakeWhile(static line => line.Length > 0))
            if (line.Split(':', 2) is [string key, string value]) fields[key.Trim()] = value.Trim();
        return fields;
    }
}
