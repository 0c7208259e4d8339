using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>One measured choice.</summary>
/// <param name="Place">Processor level and threads, such as <c>avx2 t2</c>.</param>
/// <param name="Convolution">Direction, type and shape, such as <c>forward fp32 n64 c3 32x32 k64 3x3 s1x1 p1x1</c>.</param>
/// <param name="Implementation">A value of <see cref="Kernels.Convolutions"/>.</param>
public sealed record KernelChoice(string Place, string Convolution, string Implementation);

/// <summary>Which kernel runs which convolution, measured once on this machine and taken by every later process: the same command gives the
/// same bits.</summary>
/// <remarks>A text file a processor model, libtorch and build of this library, in <c>$XDG_CACHE_HOME/mocosharp</c>
/// (<c>~/.cache/mocosharp</c>), with a line a processor level, thread count, direction and shape. Processes append to it one at a
/// time.</remarks>
public static class KernelCache
{
    private const string Between = " = ";

    /// <summary>The folder of all files.</summary>
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
            ".cache"), "mocosharp");

    /// <summary>The file that this process uses; null before libtorch is started, and where it cannot be written.</summary>
    public static string? File { get; private set; }

    /// <summary>Why choices are not kept, so that another process may choose otherwise; null where they are.</summary>
    public static string? Problem => s_problem ?? (File is null ? null : Kernels.CacheProblem);

    private static string? s_problem;

    /// <summary>The choices in a file.</summary>
    /// <param name="file">A file of this class.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<KernelChoice> Read(string file) => [.. System.IO.File.ReadLines(file).Select(Parse).OfType<KernelChoice>()];

    /// <summary>Takes a file's choices for this machine's level and threads instead of this machine's own; shapes that it lacks follow
    /// <see cref="File"/>.</summary>
    /// <param name="file">A file that was made on this or another machine.</param>
    /// <returns>How many choices were taken.</returns>
    /// <exception cref="TorchException">It cannot be read, or has none for this level and these threads.</exception>
    public static int Use(string file)
    {
        string place = $"{Kernels.Level} t{Runtime.Threads.ToString(CultureInfo.InvariantCulture)}";
        IReadOnlyList<KernelChoice> all;
        try
        {
            all = Read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TorchException(TorchErrorIds.KernelChoices, $"the kernel choices cannot be read: {error.Message}", at: file,
                fix: "name a file that 'moco doctor --kernels' shows", inner: error);
        }
        Dictionary<string, string> here = [];
        foreach (KernelChoice choice in all)
            if (choice.Place == place) here[choice.Convolution] = choice.Implementation;
        if (here.Count == 0)
        {
            string places = string.Join(", ", all.Select(static choice => choice.Place).Distinct());
            throw new TorchException(TorchErrorIds.KernelChoices,
                $"the file has no kernel choices for {place} (processor level and threads)"
                + (places.Length > 0 ? $", only for {places}" : ""), at: file,
                fix: places.Length > 0 ? "train with that many threads (--threads) on that level (MOCOSHARP_LEVEL), or leave --kernels out"
                : "name a file that 'moco doctor --kernels' shows, or leave --kernels out");
        }
        Kernels.Choices = JsonSerializer.Serialize(here);
        return here.Count;
    }

    /// <summary>Deletes all files, so that all choices are measured anew.</summary>
    /// <returns>How many there were.</returns>
    public static int Clear()
    {
        string[] files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "kernels-*.txt") : [];
        foreach (string file in files) System.IO.File.Delete(file);
        return files.Length;
    }

    /// <summary>Opens this machine's file.</summary>
    internal static void Open()
    {
        string path = Folder;
        try
        {
            Directory.CreateDirectory(Folder);
            path = Path.Combine(Folder, $"kernels-{Identity()}.txt");
            Kernels.SetCache(path,
                $"MocoSharp's kernels on {Processor.Name}, libtorch {Runtime.Version}: processor level, threads, direction, shape = "
                + $"implementation");
            File = path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TorchException)
        {
            s_problem = error is TorchException ? error.Message : $"{path}: {error.Message}";
        }
    }

    private static string Identity()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Processor.Name}\n{Runtime.Version}\n"));
        hash.AppendData(System.IO.File.ReadAllBytes(LibraryLoader.Loaded!));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static KernelChoice? Parse(string line)
    {
        int between = line.LastIndexOf(Between, StringComparison.Ordinal);
        if (between < 0 || line[0] == '#' || line.Split(' ', 3) is not [string level, string threads, _]) return null;
        string place = $"{level} {threads}";
        return between <= place.Length ? null
            : new KernelChoice(place, line[(place.Length + 1)..between], line[(between + Between.Length)..]);
    }
}
