using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>Draws pictures at their places on a map, none over another, each framed in its color.</summary>
internal sealed class MapThumbnails(MapChartOptions options, MapColors colors)
{
    private const float Frame = 2;

    internal MapDrawing Draw(SKCanvas canvas, MapFrame frame, IReadOnlyList<MapPoint> points, IImageSource pictures)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < pictures.Count; i++) places.TryAdd(pictures.Name(i), i);
        int[] order = [.. Enumerable.Range(0, points.Count)];
        Shuffle(order);
        HashSet<(int, int)> taken = [];
        List<UndrawnPicture> unreadable = [];
        int drawn = 0;
        foreach (int at in order)
        {
            if (drawn == options.Thumbnails) break;
            SKPoint center = frame.Place(points[at]);
            if (!IsFree(center, taken)) continue;
            if (!places.TryGetValue(points[at].Name, out int index))
            {
                unreadable.Add(new UndrawnPicture(points[at].Name, "it is not in this folder: is it the one that was embedded?"));
                continue;
            }
            if (Read(pictures, index, out string reason) is not { } image)
            {
                unreadable.Add(new UndrawnPicture(points[at].Name, reason));
                continue;
            }
            Take(center, taken);
            Draw(canvas, image, center, MapColors.Color(colors.Of[at]));
            drawn++;
        }
        return new MapDrawing(drawn, unreadable);
    }

    // The plane is divided into quarters of a tile; a picture takes all that it touches.
    private IEnumerable<(int, int)> Cells(SKPoint center)
    {
        float step = options.Tile / 4f, half = options.Tile / 2f + Frame;
        for (int x = (int)MathF.Floor((center.X - half) / step); x <= (int)MathF.Floor((center.X + half) / step); x++)
            for (int y = (int)MathF.Floor((center.Y - half) / step); y <= (int)MathF.Floor((center.Y + half) / step); y++)
                yield return (x, y);
    }

    private bool IsFree(SKPoint center, HashSet<(int, int)> taken) => !Cells(center).Any(taken.Contains);

    private void Take(SKPoint center, HashSet<(int, int)> taken) => taken.UnionWith(Cells(center));

    // deep pictures are spread, each by itself: people shall see something
    private Image? Read(IImageSource pictures, int index, out string reason)
    {
        reason = "";
        try
        {
            return pictures.Load(index, new DecodeRequest(ShorterSide: options.Tile, Range: SampleRange.OfPicture));
        }
        catch (BadImageException error)
        {
            reason = error.Message;
            return null;
        }
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
        float scale = (float)options.Tile / Math.Max(image.Width, image.Height), width = image.Width * scale, height = image.Height * scale;
        SKRect place = SKRect.Create(center.X - width / 2, center.Y - height / 2, width, height);
        using SKPaint border = new() { Color = color };
        SKRect around = place;
        around.Inflate(Frame, Frame);
        canvas.DrawRect(around, border);
        using SKImage drawn = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(drawn, place, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    private void Shuffle(int[] order)
    {
        Rng rng = Rng.For(options.Seed);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = rng.NextInt32(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
