using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>Draws pictures at their places on a map, none over another, each framed in its color.</summary>
/// <param name="options">The map's.</param>
/// <param name="colors">The frames'.</param>
/// <param name="tile">The longer side of a picture.</param>
/// <param name="frame">Where points are drawn, with room for pictures of this size.</param>
internal sealed class MapThumbnails(MapChartOptions options, MapColors colors, int tile, MapFrame frame)
{
    private const float Border = 2;
    private static readonly int[] s_tiles = [40, 32, 26, 20, 16];

    /// <summary>Where points are drawn.</summary>
    internal MapFrame Frame { get; } = frame;

    /// <summary>Those of the size that is asked for, or of the largest with which a third of the pictures find room.</summary>
    internal static MapThumbnails For(IReadOnlyList<MapPoint> points, MapChartOptions options, MapColors colors, SKRect area)
    {
        if (options.Tile is { } asked) return Of(asked);
        int enough = Math.Min(options.Thumbnails, points.Count) / 3;
        return s_tiles.Select(Of).FirstOrDefault(sized => sized.Room(points, enough) >= enough) ?? Of(s_tiles[^1]);

        MapThumbnails Of(int tile) => new(options, colors, tile, MapFrame.Of(points, area, tile / 2f + Border));
    }

    internal MapDrawing Draw(SKCanvas canvas, IReadOnlyList<MapPoint> points, IImageSource pictures)
    {
        Dictionary<string, int> places = Places(pictures);
        HashSet<(int, int)> taken = [];
        List<UndrawnPicture> unreadable = [];
        int drawn = 0;
        foreach (int at in Order(points.Count, options.Seed))
        {
            if (drawn == options.Thumbnails) break;
            SKPoint center = Frame.Place(points[at]);
            if (!IsFree(center, taken)) continue;
            if (Read(pictures, places, points[at].Name, tile, unreadable) is not { } image) continue;
            Take(center, taken);
            Draw(canvas, image, center, colors.Color(colors.Of[at]));
            drawn++;
        }
        return new MapDrawing(drawn, unreadable);
    }

    // how many find room, counted up to some
    private int Room(IReadOnlyList<MapPoint> points, int most)
    {
        HashSet<(int, int)> taken = [];
        int found = 0;
        foreach (int at in Order(points.Count, options.Seed))
        {
            SKPoint center = Frame.Place(points[at]);
            if (!IsFree(center, taken)) continue;
            Take(center, taken);
            if (++found == most) break;
        }
        return found;
    }

    // The plane is divided into quarters of a tile; a picture takes all that it touches.
    private IEnumerable<(int, int)> Cells(SKPoint center)
    {
        float step = tile / 4f, half = tile / 2f + Border;
        for (int x = (int)MathF.Floor((center.X - half) / step); x <= (int)MathF.Floor((center.X + half) / step); x++)
            for (int y = (int)MathF.Floor((center.Y - half) / step); y <= (int)MathF.Floor((center.Y + half) / step); y++)
                yield return (x, y);
    }

    private bool IsFree(SKPoint center, HashSet<(int, int)> taken) => !Cells(center).Any(taken.Contains);

    private void Take(SKPoint center, HashSet<(int, int)> taken) => taken.UnionWith(Cells(center));

    // deep pictures are spread, each by itself: people shall see something
    internal static Image? Read(IImageSource pictures, Dictionary<string, int> places, string name, int side, List<UndrawnPicture> undrawn)
    {
        try
        {
            if (places.TryGetValue(name, out int index))
                return pictures.Load(index, new DecodeRequest(ShorterSide: side, Range: SampleRange.OfPicture));
            undrawn.Add(new UndrawnPicture(name, "it is not in this folder: is it the one that was embedded?"));
        }
        catch (BadImageException error)
        {
            undrawn.Add(new UndrawnPicture(name, error.Message));
        }
        return null;
    }

    /// <summary>The place of each name.</summary>
    internal static Dictionary<string, int> Places(IImageSource pictures)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < pictures.Count; i++) places.TryAdd(pictures.Name(i), i);
        return places;
    }

    private void Draw(SKCanvas canvas, Image image, SKPoint center, SKColor color)
    {
        using SKBitmap bitmap = new(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < image.Samples.Length; from += 3, to += 4)
        {
            image.Samples.AsSpan(from, 3).CopyTo(pixels[to..]);
            pixels[to + 3] = byte.MaxValue;
        }
        float scale = (float)tile / Math.Max(image.Width, image.Height), width = image.Width * scale, height = image.Height * scale;
        SKRect place = SKRect.Create(center.X - width / 2, center.Y - height / 2, width, height);
        using SKPaint border = new() { Color = color };
        SKRect around = place;
        around.Inflate(Border, Border);
        canvas.DrawRect(around, border);
        using SKImage drawn = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(drawn, place, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    /// <summary>In which order pictures are tried.</summary>
    internal static int[] Order(int count, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Rng rng = Rng.For(seed);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = rng.NextInt32(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}
