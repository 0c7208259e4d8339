using System.Net;
using System.Text;
using System.Text.Json;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Sheets;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>A map as a page that needs no other file and no network: it is moved and enlarged, a point tells what it is, and the legend
/// hides groups.</summary>
internal sealed class MapPage(FolderMap map, MapColors colors, MapChartOptions options, string title)
{
    private const int Side = 64, Quality = 75;

    /// <summary>Writes it.</summary>
    /// <param name="path">The file; one of this name is replaced.</param>
    /// <param name="pictures">Where the pictures are; null shows points alone.</param>
    internal MapDrawing Save(string path, IImageSource? pictures)
    {
        List<UndrawnPicture> undrawn = [];
        List<(int At, string Jpeg)> drawn = pictures is null ? [] : Pictures(pictures, undrawn);
        string data = JsonSerializer.Serialize(new
        {
            x = map.Points.Select(static point => point.X),
            y = map.Points.Select(static point => point.Y),
            names = map.Points.Select(static point => point.Name),
            labels = map.Points.Select(static point => point.Label),
            added = map.Points.Index().Where(static one => one.Item.IsNew).Select(static one => one.Index),
            of = colors.Of,
            groups = colors.Groups.Select((name, group) => new { name, color = Css(colors.Color(group)) }),
            scale = colors.Range is { } range ? new
            {
                least = range.Least,
                most = range.Most,
                colors = Enumerable.Range(0, MapColors.Steps).Select(step => Css(colors.Color(step))),
            } : null,
            none = Css(MapColors.None),
            pictures = drawn.Select(static one => new { at = one.At, jpeg = one.Jpeg }),
        }, JsonSerializerOptions.Web);
        File.WriteAllText(path, Template().Replace("{title}", WebUtility.HtmlEncode(title), StringComparison.Ordinal)
            .Replace("{data}", data, StringComparison.Ordinal));
        return new MapDrawing(drawn.Count, undrawn);
    }

    private List<(int At, string Jpeg)> Pictures(IImageSource pictures, List<UndrawnPicture> undrawn)
    {
        Dictionary<string, int> places = MapThumbnails.Places(pictures);
        List<(int At, string Jpeg)> drawn = [];
        foreach (int at in MapThumbnails.Order(map.Points.Count, options.Seed))
        {
            if (drawn.Count == options.Thumbnails) break;
            if (MapThumbnails.Read(pictures, places, map.Points[at].Name, Side, undrawn) is not { } image) continue;
            drawn.Add((at, Convert.ToBase64String(ImageEncoder.Jpeg(Thumbnail.Of(image, Side), Quality))));
        }
        return drawn;
    }

    private static string Css(SKColor color) => $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";

    private static string Template()
    {
        using Stream stream = typeof(MapPage).Assembly.GetManifestResourceStream("map.html")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
