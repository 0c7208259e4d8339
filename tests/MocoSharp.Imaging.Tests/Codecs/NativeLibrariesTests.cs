using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class NativeLibrariesTests
{
    [Theory, InlineData(NativeLibraries.TurboJpeg, "libturbojpeg0"), InlineData(NativeLibraries.Spng, "libspng0"),
        InlineData(NativeLibraries.WebP, "libwebp7")]
    public void A_missing_library_is_named_with_its_package(string library, string package)
    {
        ImagingException error = Assert.Throws<ImagingException>(() => NativeLibraries.Load(library, _ => 0));
        Assert.Equal(ErrorIds.MissingLibrary, error.Id);
        Assert.Equal($"install it: apt-get install {package}", error.Fix);
    }

    [Fact]
    public void Other_names_are_tried_before_giving_up()
    {
        List<string> tried = [];
        nint handle = NativeLibraries.Load(NativeLibraries.Spng, name => { tried.Add(name); return tried.Count == 2 ? 42 : 0; });
        Assert.Equal(42, handle);
        Assert.Equal(["libspng.so.0", "libspng.0.dylib"], tried);
    }
}
