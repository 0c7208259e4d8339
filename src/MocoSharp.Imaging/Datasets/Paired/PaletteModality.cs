using System.Globalization;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Maps of classes: each pixel gets the class of the nearest color, and a view has one channel of 0 and 1 a class.</summary>
/// <param name="Name">What views call it.</param>
/// <param name="Suffix">How its files end.</param>
/// <param name="Colors">One [red, green, blue] a class, 0 to 255; 2 to 255 classes.</param>
/// <param name="Tolerance">How far a color may lie from the nearest one of the palette, as a Euclidean distance in RGB, 0 to 442.</param>
/// <param name="MaximumFarShare">The share of pixels, 0 to 1, that may lie farther off; they get the nearest class too, which is said
/// once.</param>
public sealed record PaletteModality(
    string Name, string Suffix, [Bounds(0, 255)] IReadOnlyList<IReadOnlyList<int>> Colors, [Bounds(0, 442)] double Tolerance = 60,
    [Bounds(0, 1)] double MaximumFarShare = 0.01) : Modality(Name, Suffix)
{
    private const int LookedAt = 32;

    /// <inheritdoc/>
    public override int Channels => Colors.Count;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Colors.Count is < 2 or > 255 || Colors.Any(static color => color.Count != 3))
            throw Refused("a palette has 2 to 255 colors of three numbers", "write colors: [[17, 141, 215], [225, 227, 155]]");
    }

    internal override Partner Load(string path, DecodeRequest request, string name)
    {
        (Image map, FarPixels far) = Mapped(ImageDecoder.Load(path, request with { Color = Color.Rgb, Bands = null }, name));
        if (far.Count > MaximumFarShare * map.Samples.Length)
            throw new BadImageException(ErrorIds.FarFromPalette,
                $"{far.Count:N0} of {map.Samples.Length:N0} pixels have a color that is farther than {Tolerance} from all {Colors.Count} "
                + $"of the palette, the farthest "
                + $"({far.Color >> 16}, {far.Color >> 8 & 255}, {far.Color & 255}) at column {far.Pixel % map.Width}, row "
                + $"{far.Pixel / map.Width}: {far.Distance:0} away",
                name, $"add the color to the palette of '{Name}', raise its tolerance or maximumFarShare, or fix the file");
        return Partner.OfClasses(map, [.. Colors.Select(static color => ((byte)color[0], (byte)color[1], (byte)color[2]))]);
    }

    /// <summary>Looks at some files, evenly spread: all of a large set would take as long as an epoch.</summary>
    internal override string? Note(IReadOnlyList<string> paths)
    {
        int looked = Math.Min(paths.Count, LookedAt), files = 0;
        long far = 0, pixels = 0;
        for (int i = 0; i < looked; i++)
        {
            if (Share(paths[(int)((long)i * paths.Count / looked)]) is not { Far: > 0 } share) continue;
            (files, far, pixels) = (files + 1, far + share.Far, pixels + share.Pixels);
        }
        return files == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{files} of the {looked} files of '{Name}' that were looked at have colors farther than {Tolerance} from the palette, "
            + $"{(double)far / pixels:0.####%} of their pixels: each is taken for the nearest class");
    }

    /// <summary>Pixels off the palette of a file that will be used; null where it will be refused, which its loading says.</summary>
    private (int Far, int Pixels)? Share(string path)
    {
        try
        {
            (Image map, FarPixels far) = Mapped(ImageDecoder.Load(path, new DecodeRequest(), path));
            return far.Count > MaximumFarShare * map.Samples.Length ? null : (far.Count, map.Samples.Length);
        }
        catch (BadImageException)
        {
            return null;
        }
    }

    private (Image Map, FarPixels Far) Mapped(Image picture)
    {
        Image map = new(picture.Width, picture.Height, 1);
        Dictionary<int, (byte Class, double Distance)> known = [];
        int far = 0;
        (double Distance, int Color, int Pixel) farthest = default;
        (int Color, byte Class, double Distance) last = (-1, 0, 0);
        for (int pixel = 0; pixel < map.Samples.Length; pixel++)
        {
            ReadOnlySpan<byte> rgb = picture.Samples.AsSpan(3 * pixel, 3);
            int color = rgb[0] << 16 | rgb[1] << 8 | rgb[2];
            if (color != last.Color)
            {
                if (!known.TryGetValue(color, out (byte Class, double Distance) found)) known.Add(color, found = Nearest(rgb));
                last = (color, found.Class, found.Distance);
            }
            map.Samples[pixel] = last.Class;
            if (last.Distance <= Tolerance) continue;
            far++;
            if (last.Distance > farthest.Distance) farthest = (last.Distance, color, pixel);
        }
        return (map, new FarPixels(far, farthest.Distance, farthest.Color, farthest.Pixel));
    }

    private (byte Class, double Distance) Nearest(ReadOnlySpan<byte> rgb)
    {
        (int best, int least) = (0, int.MaxValue);
        for (int kind = 0; kind < Colors.Count; kind++)
        {
            (int red, int green, int blue) = (rgb[0] - Colors[kind][0], rgb[1] - Colors[kind][1], rgb[2] - Colors[kind][2]);
            int square = red * red + green * green + blue * blue;
            if (square < least) (best, least) = (kind, square);
        }
        return ((byte)best, Math.Sqrt(least));
    }

    /// <summary>Pixels off the palette, and the farthest of them.</summary>
    private readonly record struct FarPixels(int Count, double Distance, int Color, int Pixel);
}
