using System.Globalization;
using System.Numerics.Tensors;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Makes a picture of 8 bits a sample from a file's numbers.</summary>
/// <remarks>Bytes stay as they are. Of 16 bits without a sign the high byte is taken where no range is asked for. Other numbers have no
/// black and no white of their own, so they need a range. What was not measured becomes 0.</remarks>
internal static class BandPicture
{
    /// <summary>The picture that a request asks for, as stored.</summary>
    /// <exception cref="BadImageException">The file has other bands, or numbers whose range is not said.</exception>
    internal static Image Of(SampleBands bands, DecodeRequest request, string name, ImageMemory? memory)
    {
        if (request.Bands is { } chosen)
        {
            IReadOnlyList<int> places = chosen.PlacesIn(bands.Count, bands.Names, name);
            Image picture = ImageMemory.Take(memory, bands.Width, bands.Height, places.Count);
            for (int channel = 0; channel < places.Count; channel++)
            {
                SampleRange? range = chosen.Ranges.Count > 0 ? chosen.Ranges[channel] : request.Range;
                Write(bands, places[channel], Spread.Of(bands, [places[channel]], range, name), picture.Samples, channel, picture.Channels);
            }
            return picture;
        }
        if (bands.Colors is not (1 or 3))
            throw new BadImageException(ErrorIds.OtherBands,
                $"it has {bands.Count} bands{Listed(bands.Names)}, and which of them are red, green and blue is not said", name,
                $"name them: --set data.channels=[{string.Join(',', bands.Names.Count == bands.Count ? bands.Names
                    : Enumerable.Range(1, bands.Count).Select(static n => $"band{n}"))}]");
        return Colored(bands, request, name, memory);
    }

    /// <summary>The same with 16 bits a sample: those of 16 bits stay, bytes are spread, other numbers need a range.</summary>
    /// <exception cref="BadImageException">The file has other bands, or numbers whose range is not said.</exception>
    internal static DeepImage DeepOf(SampleBands bands, DecodeRequest request, string name)
    {
        bool isGray = request.Color == Color.Gray;
        if (bands.Colors != 1 && (isGray || bands.Colors != 3))
            throw new BadImageException(ErrorIds.OtherBands, $"it has {bands.Count} bands{Listed(bands.Names)}, and one is expected", name,
                "save the band that is meant by itself");
        SampleRange range = bands.Type switch
        {
            SampleType.Byte => new SampleRange(0, byte.MaxValue),
            SampleType.UInt16 => new SampleRange(0, ushort.MaxValue),
            _ => Spread.Range(bands, [.. Enumerable.Range(0, bands.Colors)], request.Range, name),
        };
        double scale = range.High > range.Low ? ushort.MaxValue / (range.High - range.Low) : 0;
        DeepImage deep = new(bands.Width, bands.Height, isGray ? 1 : 3);
        for (int at = 0, from = 0; at < deep.Samples.Length; at += deep.Channels, from += bands.Count)
            for (int channel = 0; channel < deep.Channels; channel++)
            {
                float sample = bands.Samples[from + Math.Min(channel, bands.Colors - 1)];
                deep.Samples[at + channel] = bands.IsPresent(sample)
                    ? (ushort)Math.Clamp(Math.Round((sample - range.Low) * scale), 0, ushort.MaxValue) : (ushort)0;
            }
        return deep;
    }

    private static string Listed(IReadOnlyList<string> names) => names.Count > 0 ? $" ({string.Join(", ", names)})" : "";

    private static Image Colored(SampleBands bands, DecodeRequest request, string name, ImageMemory? memory)
    {
        Spread spread = Spread.Of(bands, [.. Enumerable.Range(0, bands.Colors)], request.Range, name);
        Image picture = ImageMemory.Take(memory, bands.Width, bands.Height, request.Channels);
        bool isDirect = bands.Colors == picture.Channels && request.Background is null;
        using Scratch scratch = isDirect ? default : Scratch.Of(bands.Width * bands.Height * 3);
        Span<byte> rgb = isDirect ? picture.Samples : scratch.Bytes;
        int channels = isDirect ? picture.Channels : 3;
        if (bands.Type == SampleType.Byte && bands.Count == channels && float.IsNaN(bands.Absent))
            TensorPrimitives.ConvertTruncating<float, byte>(bands.Samples, rgb[..bands.Samples.Length]);
        else for (int channel = 0; channel < channels; channel++)
            Write(bands, Math.Min(channel, bands.Colors - 1), spread, rgb, channel, channels);
        if (request.Background is { } background && bands.Alpha >= 0)
            LayOn(background, bands, rgb);
        if (isDirect)
            return picture;
        if (picture.Channels == 3)
            rgb.CopyTo(picture.Samples);
        else
            Luma.FromRgb(rgb, picture.Samples);
        return picture;
    }

    private static void LayOn(Rgb background, SampleBands bands, Span<byte> rgb)
    {
        float opaque = bands.Type == SampleType.Byte ? byte.MaxValue : bands.Type == SampleType.UInt16 ? ushort.MaxValue : 1;
        ReadOnlySpan<byte> below = [background.Red, background.Green, background.Blue];
        for (int pixel = 0, from = bands.Alpha; pixel < rgb.Length; pixel += 3, from += bands.Count)
        {
            float alpha = Math.Clamp(bands.Samples[from] / opaque, 0, 1), above = bands.IsPremultiplied ? 1 : alpha;
            for (int channel = 0; channel < 3; channel++)
                rgb[pixel + channel] = Rounded(above * rgb[pixel + channel] + (1 - alpha) * below[channel]);
        }
    }

    private static void Write(SampleBands bands, int place, Spread spread, Span<byte> to, int channel, int channels)
    {
        for (int at = channel, from = place; at < to.Length; at += channels, from += bands.Count)
            to[at] = bands.IsPresent(bands.Samples[from]) ? spread.Of(bands.Samples[from]) : (byte)0;
    }

    private static byte Rounded(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);

    /// <summary>From numbers to bytes.</summary>
    private readonly record struct Spread(double Low, double Scale, bool TakesHighByte)
    {
        internal static Spread Of(SampleBands bands, IReadOnlyList<int> places, SampleRange? range, string name)
        {
            if (bands.Type == SampleType.Byte) return new Spread(0, 1, TakesHighByte: false);
            if (range is null && bands.Type == SampleType.UInt16) return new Spread(0, 0, TakesHighByte: true);
            SampleRange used = Range(bands, places, range, name);
            return new Spread(used.Low, used.High > used.Low ? 255 / (used.High - used.Low) : 0, TakesHighByte: false);
        }

        /// <summary>What becomes black and white: what was asked for, in numbers.</summary>
        internal static SampleRange Range(SampleBands bands, IReadOnlyList<int> places, SampleRange? range, string name)
        {
            if (range is { IsOfPicture: false } set) return set;
            SampleRange used = bands.UsedBy(places) ?? default;
            return range is not null ? used : throw WithoutRange(bands, used, name);
        }

        internal byte Of(float sample) => TakesHighByte ? (byte)((int)sample >> 8) : Rounded((sample - Low) * Scale);

        private static BadImageException WithoutRange(SampleBands bands, SampleRange used, string name) =>
            new(ErrorIds.RangeNotSaid, string.Create(CultureInfo.InvariantCulture,
                $"it holds {(bands.Type == SampleType.Float ? "floating-point numbers" : "whole numbers of other than 8 or 16 bits")} from "
                + $"{used.Low:G6} to {used.High:G6}, and which of them are black and white is not said"), name,
                "set data.range to [black, white], or data.rangeOf to set (the least and the greatest of all pictures) or picture");
    }
}
