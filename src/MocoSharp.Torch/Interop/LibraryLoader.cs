using System.Reflection;
using System.Runtime.InteropServices;

namespace MocoSharp.Torch.Interop;

/// <summary>Finds the bridge: $MOCOSHARP_NATIVE, beside the program, <c>artifacts/native</c> of an enclosing source tree, then where
/// packages put native files, one bridge for each libtorch.</summary>
internal static class LibraryLoader
{
    private const string FileName = "libmocosharp_torch.so", Prefix = "libmocosharp_torch-";

    private const string Install = "on Debian: apt-get install libtorch-dev libgloo-dev libopenblas0-pthread libturbojpeg0 libspng0 "
        + "libwebp7 (12 has libtorch 1.13, 13 has 2.6); for another libtorch run the script bridge/build.sh of the package "
        + "mocosharp.torch, and set MOCOSHARP_NATIVE to the folder that it writes to";

    /// <summary>The bridge's file; null before it is loaded.</summary>
    internal static string? Loaded { get; private set; }

    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(LibraryLoader).Assembly, Resolve);

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? search)
    {
        if (library != NativeMethods.Library) return nint.Zero;
        // OpenMP's idle threads sleep soon instead of spinning for long: the loader's threads, and other programs, want their cores. That
        // is several times as fast on a busy machine, and no slower on a quiet one (docs/notes/spinning.md). A user's own setting stays.
        _ = NativeMethods.SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
        // Debian 13's libtorch brings UCX, which would take the signals that .NET makes exceptions of.
        _ = NativeMethods.SetEnvironment("UCX_HANDLE_ERRORS", "none", overwrite: 0);
        List<string> tried = [];
        foreach (string path in Candidates())
        {
            tried.Add(path);
            if (!File.Exists(path)) continue;
            try
            {
                nint bridge = NativeLibrary.Load(path);
                Loaded = path;
                return bridge;
            }
            catch (DllNotFoundException error)
            {
                throw new TorchException(TorchErrorIds.BridgeMissing, $"the native bridge does not load: {error.Message}", at: path,
                    fix: "run ./moco doctor: it builds the bridge anew against the libtorch that is there now", inner: error);
            }
        }
        return OfPackage(tried);
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("MOCOSHARP_NATIVE") is { Length: > 0 } folder) yield return Path.Combine(folder, FileName);
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        for (DirectoryInfo? above = new(AppContext.BaseDirectory); above is not null; above = above.Parent)
            if (above.Name == "artifacts") yield return Path.Combine(above.FullName, "native", FileName);
    }

    /// <summary>A package has a bridge for each libtorch, named by its version; the newest one whose libtorch is installed is taken. The
    /// system's loader looks for that, by the name that the bridge asks for.</summary>
    private static nint OfPackage(List<string> tried)
    {
        (string Path, Version Version)[] bridges = [.. PackageFolders().Distinct().Where(Directory.Exists)
            .SelectMany(static folder => Directory.GetFiles(folder, Prefix + "*.so"))
            .Select(static path => (path, Version.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], out Version? version)
                ? version : new Version()))
            .OrderByDescending(static bridge => bridge.Item2)];
        List<string> reasons = [];
        foreach ((string path, Version version) in bridges)
        {
            try
            {
                nint bridge = NativeLibrary.Load(path);
                Loaded = path;
                return bridge;
            }
            catch (DllNotFoundException error)
            {
                reasons.Add($"{version}: {Reason(error.Message)}");
            }
        }
        if (bridges.Length > 0)
            throw new TorchException(TorchErrorIds.NoLibtorch,
                $"no libtorch is installed that this package has a bridge for ({string.Join("; ", reasons)})",
                at: Path.GetDirectoryName(bridges[0].Path), fix: Install);
        throw new TorchException(TorchErrorIds.BridgeMissing,
            $"the native bridge {FileName} was not found in {string.Join(", ", tried.Concat(PackageFolders()).Distinct())}",
            fix: "in MocoSharp's source tree run ./moco once, which builds it, and set MOCOSHARP_NATIVE to the tree's artifacts/native");
    }

    private static IEnumerable<string> PackageFolders()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native");
        yield return AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);       // a program published for one system
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string packages)
            foreach (string package in packages.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
                yield return package.TrimEnd(Path.DirectorySeparatorChar);
    }

    // the loader's first sentence that names a library; what follows is .NET's advice
    private static string Reason(string message) =>
        message.Split('\n').FirstOrDefault(static line => line.Contains("cannot open shared object", StringComparison.Ordinal)) is { } line
        ? line.Trim() : message.Split('\n')[0];
}
