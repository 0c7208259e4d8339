using System.Reflection;
using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs.Interop;

/// <summary>Finds the system's codec libraries by the names that they have on each system.</summary>
internal static class NativeLibraries
{
    internal const string TurboJpeg = "turbojpeg";
    internal const string Spng = "spng";
    internal const string WebP = "webp";

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Called by each class of imports before its first call.</summary>
    internal static void Register()
    {
        // The static constructor does it, once.
    }

    /// <summary>Tries a library's names in turn.</summary>
    /// <param name="library">One of the constants above.</param>
    /// <param name="open">The handle of a library by file name, 0 when there is none.</param>
    /// <exception cref="ImagingException">None could be opened.</exception>
    internal static nint Load(string library, Func<string, nint> open)
    {
        (string[] names, string package) = library switch
        {
            TurboJpeg => (new[] { "libturbojpeg.so.0", "libturbojpeg.0.dylib", "turbojpeg.dll" }, "libturbojpeg0"),
            Spng => (["libspng.so.0", "libspng.0.dylib", "spng.dll"], "libspng0"),
            WebP => (["libwebp.so.7", "libwebp.7.dylib", "libwebp.dll"], "libwebp7"),
            _ => throw new ArgumentOutOfRangeException(nameof(library), library, "no codec library"),
        };
        foreach (string name in names)
            if (open(name) is not 0 and nint handle)
                return handle;
        throw new ImagingException(ErrorIds.MissingLibrary, $"the system library {names[0]} could not be loaded",
            fix: $"install it: apt-get install {package}");
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => library is not (TurboJpeg or Spng or WebP)
        ? 0
        : Load(library, name => NativeLibrary.TryLoad(name, assembly, path, out nint handle) ? handle : 0);
}
