using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>The system libraries that pictures are read with.</summary>
public static class Decoders
{
    /// <summary>One a format, in the order in which people meet them.</summary>
    public static IReadOnlyList<Decoder> All { get; } =
    [
        new("JPEG", "libturbojpeg", "libturbojpeg0", NativeLibraries.TurboJpeg),
        new("PNG", "libspng", "libspng0", NativeLibraries.Spng),
        new("WebP", "libwebp", "libwebp7", NativeLibraries.WebP),
    ];
}

/// <summary>What reads one format.</summary>
public sealed class Decoder
{
    private readonly string _key;

    internal Decoder(string format, string library, string package, string key) =>
        (Format, Library, Package, _key) = (format, library, package, key);

    /// <summary>JPEG, PNG or WebP.</summary>
    public string Format { get; }

    /// <summary>The library's name without its ending.</summary>
    public string Library { get; }

    /// <summary>The Debian package that holds it.</summary>
    public string Package { get; }

    /// <summary>Whether it loads. It stays loaded.</summary>
    public bool IsInstalled
    {
        get
        {
            try
            {
                return NativeLibraries.Load(_key, static name => System.Runtime.InteropServices.NativeLibrary.TryLoad(name, out nint handle)
                    ? handle : 0) != 0;
            }
            catch (ImagingException)
            {
                return false;
            }
        }
    }
}
