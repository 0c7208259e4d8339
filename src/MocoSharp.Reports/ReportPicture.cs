using System.Text.Json.Serialization;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Reports;

/// <summary>A picture of a report.</summary>
/// <param name="Description">What it shows, for those who do not see it.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="File">A PNG or JPEG file.</param>
public sealed record ReportPicture(string Description, int Width, int Height, [property: JsonIgnore] byte[] File)
{
    private const int LargePng = 200_000, JpegQuality = 88;

    /// <summary>The file's type: image/png or image/jpeg.</summary>
    [JsonIgnore]
    public string MediaType => File is [0xFF, 0xD8, ..] ? "image/jpeg" : "image/png";

    /// <summary>A PNG file where that is small, a JPEG file otherwise.</summary>
    internal static ReportPicture Of(Image image, string description, byte[]? png = null)
    {
        byte[] exact = png ?? ImageEncoder.Png(image);
        return new ReportPicture(description, image.Width, image.Height,
            exact.Length <= LargePng ? exact : ImageEncoder.Jpeg(image, JpegQuality, fullColor: true));
    }

    /// <summary>Of a PNG file that the run keeps; null where there is none.</summary>
    /// <exception cref="ImagingException">It is damaged.</exception>
    internal static ReportPicture? Read(string path, string description)
    {
        if (!System.IO.File.Exists(path)) return null;
        byte[] png = System.IO.File.ReadAllBytes(path);
        return Of(ImageDecoder.Decode(png, default, path), description, png);
    }
}
