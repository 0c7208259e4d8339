using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Maps of classes: each pixel gets the class of the nearest colour, and a view has one channel of 0 and 1 a class.</summary>
/// <param name="Name">What views call it.</param>
/// <param name="Suffix">How its files end.</param>
/// <param name="Colours">One [red, green, blue] a class, 0 to 255; 2 to 255 classes.</param>
/// <param name="Tolerance">How far a colour may lie from the nearest one of the palette, as a Euclidean distance in RGB, 0 to 442.</param>
/// <param name="MaximumFarShare">The share of pixels, 0 to 1, that may lie farther off; they get the nearest class too.</param>
public sealed record PaletteModality(
    string Name, string Suffix, IReadOnlyList<IReadOnlyList<int>> Colours, double Tolerance = 60, double MaximumFarShare = 0.01) : Modality(Name, Suffix)
{
    /// <inheritdoc/>
    public override int Channels => Colours.Count;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Colours.Count is < 2 or > 255 || Colours.Any(static colour => colour.Count != 3 || colour.Any(static part => part is < 0 or > 255)))
            throw Refused("a palette has 2 to 255 colours of three numbers from 0 to 255", "write colours: [[17, 141, 215], [225, 227, 155]]");
        if (Tolerance is not (>= 0 and <= 442) || MaximumFarShare is not (>= 0 and <= 1))
            throw Refused($"tolerance is {Tolerance} and maximumFarShare {MaximumFarShare}", "set tolerance to 0 … 442 and maximumFarShare to 0 … 1");
    }

    internal override Partner Load(string path, DecodeRequest request, string name)
    {
        Image picture = ImageDecoder.Load(path, request with { Colour = Colour.Rgb }, name), map = new(picture.Width, picture.Height, 1);
        Dictionary<int, (byte Class, double Distance)> known = [];
        int far = 0;
        (double Distance, int Colour, int Pixel) farthest = default;
        (int Colour, byte Class, double Distance) last = (-1, 0, 0);
        for (int pixel = 0; pixel < map.Samples.Length; pixel++)
        {
            ReadOnlySpan<byte> rgb = picture.Samples.AsSpan(3 * pixel, 3);
            int colour = rgb[0] << 16 | rgb[1] << 8 | rgb[2];
            if (colour != last.Colour)
            {
                if (!known.TryGetValue(colour, out (byte Class, double Distance) found)) known.Add(colour, found = Nearest(rgb));
                last = (colour, found.Class, found.Distance);
            }
            map.Samples[pixel] = last.Class;
            if (last.Distance <= Tolerance) continue;
            far++;
            if (last.Distance > farthest.Distance) farthest = (last.Distance, colour, pixel);
        }
        if (far > MaximumFarShare * map.Samples.Length)
            throw new BadImageException(ErrorIds.FarFromPalette,
                $"{far:N0} of {map.Samples.Length:N0} pixels have a colour that is farther than {Tolerance} from all {Colours.Count} of the palette, the farthest "
                + $"({farthest.Colour >> 16}, {farthest.Colour >> 8 & 255}, {farthest.Colour & 255}) at column {farthest.Pixel % map.Width}, row {farthest.Pixel / map.Width}: {farthest.Distance:0} away",
                name, $"add the colour to the palette of '{Name}', raise its tolerance or maximumFarShare, or mend the file");
        return Partner.OfClasses(map, [.. Colours.Select(static colour => ((byte)colour[0], (byte)colour[1], (byte)colour[2]))]);
    }

    private (byte Class, double Distance) Nearest(ReadOnlySpan<byte> rgb)
    {
        (int best, int least) = (0, int.MaxValue);
        for (int kind = 0; kind < Colours.Count; kind++)
        {
            (int red, int green, int blue) = (rgb[0] - Colours[kind][0], rgb[1] - Colours[kind][1], rgb[2] - Colours[kind][2]);
            int square = red * red + green * green + blue * blue;
            if (square < least) (best, least) = (kind, square);
        }
        return ((byte)best, Math.Sqrt(least));
    }
}
