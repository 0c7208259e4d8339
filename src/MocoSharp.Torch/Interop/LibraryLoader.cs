using System.Reflection;
using System.Runtime.InteropServices;

namespace MocoSharp.Torch.Interop;

/// <summary>Finds the bridge: $MOCOSHARP_NATIVE, beside the program, where packages put native files, then <c>artifacts/native</c> of an
/// enclosing source tree.</summary>
internal static class LibraryLoader
{
    private const string FileName = "libmocosharp_torch.so";

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
        throw new TorchException(TorchErrorIds.BridgeMissing, $"the native bridge {FileName} was not found in {string.Join(", ", tried)}",
            fix: "in MocoSharp's source tree run ./moco once, which builds it, and set MOCOSHARP_NATIVE to the tree's artifacts/native");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("MOCOSHARP_NATIVE") is { Length: > 0 } folder) yield return Path.Combine(folder, FileName);
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", FileName);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string packages)
            foreach (string package in packages.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
                yield return Path.Combine(package, FileName);
        for (DirectoryInfo? above = new(AppContext.BaseDirectory); above is not null; above = above.Parent)
            if (above.Name == "artifacts") yield return Path.Combine(above.FullName, "native", FileName);
    }
}
