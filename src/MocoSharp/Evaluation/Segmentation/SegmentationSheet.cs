using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Some test pictures side by side with their classes, true and named, and the classes' colors below.</summary>
/// <param name="classes">Their colors.</param>
/// <param name="tested">The numbers of all test pictures.</param>
/// <param name="count">How many are shown, spread evenly.</param>
internal sealed class SegmentationSheet(IReadOnlyList<PixelClass> classes, IReadOnlyList<int> tested, int count)
{
    private const string Picture = "picture", Truth = "truth";
    private const int Tile = 192, Gap = 6, Caption = 20, Swatch = 12, MostNamed = 60;
    private const byte Paper = 255;

    private readonly HashSet<int> _shown = [.. Enumerable.Range(0, Math.Min(count, tested.Count))
        .Select(i => tested[(int)((long)i * tested.Count / Math.Min(count, tested.Count))])];
    private readonly SortedDictionary<int, List<(string, Image)>> _rows = [];

    /// <summary>Takes what was made of one picture of a batch, where the picture is shown.</summary>
    internal void Add(string column, DenseBatch batch, int place, byte[] named, Func<Image> picture)
    {
        int index = batch.Indices[place];
        if (!_shown.Contains(index)) return;
        if (!_rows.TryGetValue(index, out List<(string, Image)>? row))
        {
            _rows.Add(index, row = []);
            row.Add((Picture, Seen(picture(), batch.Width, batch.Height)));
            row.Add((Truth, Painted(batch.Labels[place]!.Classes, batch.Width, batch.Height, classes)));
        }
        row.Add((column, Painted(named, batch.Width, batch.Height, classes)));
    }

    /// <summary>The sheet, RGB.</summary>
    internal Image Render() => Render([.. _rows.Values], classes, Tile);

    /// <summary>Pictures in rows and named columns, and a legend of colors below.</summary>
    /// <param name="rows">One or more, of equal length.</param>
    /// <param name="classes">What colors mean.</param>
    /// <param name="tile">The longer side that pictures are shrunk to, or enlarged to by whole steps.</param>
    internal static Image Render(
        IReadOnlyList<IReadOnlyList<(string Column, Image Image)>> rows, IReadOnlyList<PixelClass> classes, int tile)
    {
        int columns = rows[0].Count, width = Gap + columns * (tile + Gap);
        int[] heights = [.. rows.Select(row => row.Max(cell => Thumbnail.Of(cell.Image, tile).Height) + Gap)];
        int legend = Legend(null, classes, width, 0), top = Caption;
        Image sheet = new(width, Caption + heights.Sum() + legend, 3);
        sheet.Samples.AsSpan().Fill(Paper);
        foreach ((int column, (string name, _)) in rows[0].Index()) Lettering.Write(sheet, name, Gap + column * (tile + Gap), 2);
        foreach ((int i, IReadOnlyList<(string, Image)> row) in rows.Index())
        {
            foreach ((int column, (_, Image image)) in row.Index())
                Place(sheet, Thumbnail.Of(image, tile), Gap + column * (tile + Gap), top);
            top += heights[i];
        }
        _ = Legend(sheet, classes, width, top);
        return sheet;
    }

    /// <summary>Classes in their colors; what is of no class is black.</summary>
    internal static Image Painted(ReadOnlySpan<byte> named, int width, int height, IReadOnlyList<PixelClass> classes)
    {
        Image image = new(width, height, 3);
        for (int i = 0; i < named.Length; i++)
        {
            Rgb color = named[i] < classes.Count ? classes[named[i]].Color : default;
            (image.Samples[3 * i], image.Samples[3 * i + 1], image.Samples[3 * i + 2]) = (color.Red, color.Green, color.Blue);
        }
        return image;
    }

    /// <summary>A picture in the size at which it was seen, as RGB.</summary>
    internal static Image Seen(Image picture, int width, int height)
    {
        Image image = new(width, height, 3);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int from = ((int)((2L * y + 1) * picture.Height / (2 * height)) * picture.Width
                    + (int)((2L * x + 1) * picture.Width / (2 * width))) * picture.Channels;
                for (int channel = 0; channel < 3; channel++)
                    image.Samples[3 * (y * width + x) + channel] = picture.Samples[from + (picture.Channels < 3 ? 0 : channel)];
            }
        return image;
    }

    // Names in lines below each other; the height is the same without a sheet.
    private static int Legend(Image? sheet, IReadOnlyList<PixelClass> classes, int width, int top)
    {
        (int left, int line) = (Gap, top + Gap);
        foreach (PixelClass one in classes.Take(MostNamed))
        {
            int taken = Swatch + 4 + Lettering.Width(one.Name) + 14;
            if (left + taken > width && left > Gap) (left, line) = (Gap, line + Caption);
            if (sheet is not null)
            {
                Image swatch = new(Swatch, Swatch, 3);
                for (int i = 0; i < swatch.Samples.Length; i += 3)
                    (swatch.Samples[i], swatch.Samples[i + 1], swatch.Samples[i + 2]) = (one.Color.Red, one.Color.Green, one.Color.Blue);
                Place(sheet, swatch, left, line);
                Lettering.Write(sheet, one.Name, left + Swatch + 4, line - 2);
            }
            left += taken;
        }
        return line + Caption - top;
    }

    private static void Place(Image sheet, Image image, int left, int top)
    {
        for (int y = 0; y < image.Height; y++) image.Row(y).CopyTo(sheet.Row(top + y)[(3 * left)..]);
    }
}
