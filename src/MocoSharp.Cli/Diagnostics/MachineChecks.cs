using MocoSharp.Cli.Output;
using MocoSharp.Torch;

namespace MocoSharp.Cli.Diagnostics;

/// <summary>Looks at processor, memory and disk. Loads nothing.</summary>
internal static class MachineChecks
{
    private const string HugePages = "/sys/kernel/mm/transparent_hugepage/enabled", Memory = "/proc/meminfo";
    private const long EnoughMemory = 4L << 30, EnoughDisk = 2L << 30;

    internal static IEnumerable<Finding> Run()
    {
        yield return ProcessorSpeed();
        yield return Cores();
        yield return MemorySize();
        yield return HugePageSetting();
        yield return Disk();
    }

    private static Finding ProcessorSpeed()
    {
        string[] known = ["amx_bf16", "avx512_bf16", "avx512f", "avx2", "fma"];
        string has = string.Join(", ", known.Where(Processor.Flags.Contains).Select(Name));
        string text = $"{Processor.Name}: {(has.Length > 0 ? has : "no vector extensions known here")}";
        if (Processor.Flags.Contains("amx_bf16") || Processor.Flags.Contains("avx512_bf16"))
            return new("processor", Verdict.Good, $"{text}; can train in bf16");
        return Processor.Flags.Contains("avx2")
            ? new("processor", Verdict.Slow, $"{text}; trains in fp32", "a processor with AMX or AVX-512 BF16 is 2 to 4 times as fast")
            : new("processor", Verdict.Slow, $"{text}; trains in fp32 without AVX2", "use a processor from 2015 or later");
    }

    private static string Name(string flag) => flag switch
    {
        "amx_bf16" => "AMX",
        "avx512_bf16" => "AVX-512 BF16",
        "avx512f" => "AVX-512",
        _ => flag.ToUpperInvariant(),
    };

    private static Finding Cores() =>
        new("cores", Environment.ProcessorCount > 1 ? Verdict.Good : Verdict.Slow,
        Numbers.Plural(Environment.ProcessorCount, "core", "cores"),
        Environment.ProcessorCount > 1 ? null : "one core must load pictures and train in turn; give the process two or more");

    private static Finding MemorySize()
    {
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, free = Field("MemAvailable") ?? total;
        return free < EnoughMemory
            ? new("memory", Verdict.Slow, $"{Numbers.Bytes(free)} free of {Numbers.Bytes(total)}",
            "close other programs, or keep fewer decoded pictures: --set data.cacheMegabytes=256")
            : new("memory", Verdict.Good, $"{Numbers.Bytes(free)} free of {Numbers.Bytes(total)}");
    }

    private static long? Field(string name)
    {
        if (!File.Exists(Memory)) return null;
        string? line = File.ReadLines(Memory).FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, string kilobytes, ..]
            && long.TryParse(kilobytes, out long value) ? value << 10 : null;
    }

    private static Finding HugePageSetting()
    {
        string setting = File.Exists(HugePages) ? File.ReadAllText(HugePages) : "";
        string chosen = setting.Split('[', ']') is [_, string word, ..] ? word : "unknown";
        return chosen is "always" or "madvise" ? new("huge pages", Verdict.Good, chosen)
            : new("huge pages", Verdict.Slow, chosen, $"as root: echo madvise > {HugePages}; training is about a tenth faster");
    }

    private static Finding Disk()
    {
        DriveInfo drive = new(Environment.CurrentDirectory);
        string text = $"{Numbers.Bytes(drive.AvailableFreeSpace)} free in {Environment.CurrentDirectory}";
        return drive.AvailableFreeSpace > EnoughDisk ? new("disk", Verdict.Good, text)
            : new("disk", Verdict.Slow, text, "a run with its checkpoints takes about 1 GiB: make room, or give --run another disk");
    }
}
