using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets;

/// <summary>What a look at some of a source's files tells before anything is learned: which of their samples pictures of more than 8 bits
/// use (cameras and microscopes of 12 bits leave most out), and what of a file is not read.</summary>
public sealed record FileTraits
{
    /// <summary>The least and the greatest sample of pictures of more than 8 bits: one for each of <see cref="DecodeRequest.Bands"/>, or
    /// one for all colors together; empty where no picture that was looked at has more than 8 bits.</summary>
    public IReadOnlyList<SampleRange> Ranges { get; private init; } = [];

    /// <summary>Whether the samples that <see cref="Ranges"/> are of have 16 bits and no sign.</summary>
    public bool IsOfSixteenBits { get; private init; }

    /// <summary>A picture with bands that are neither colors nor alpha and that nobody asked for, and how many it has in all.</summary>
    public (string Name, int Count)? Bands { get; private init; }

    /// <summary>A picture with several pages or frames, of which the first is read, and how many.</summary>
    public (string Name, int Count)? Pages { get; private init; }

    /// <summary>Looks at files.</summary>
    /// <param name="source">Where they are from; one without files of its own has nothing to tell.</param>
    /// <param name="request">How pictures are read.</param>
    /// <param name="looked">How many are looked at, spread evenly.</param>
    public static FileTraits Of(IImageSource source, DecodeRequest request, int looked = 16)
    {
        FileTraits traits = new();
        if (source is not IPictureFiles files)
            return traits;
        int count = Math.Min(source.Count, looked);
        for (int i = 0; i < count; i++)
        {
            int index = (int)((long)i * source.Count / count);
            try
            {
                using PooledFile file = files.Read(index);
                if (FormatSniffer.Known(file.Bytes) is { } format)
                    traits = traits.With(file.Bytes, format, request, source.Name(index));
            }
            catch (BadImageException)
            {
                // whoever learns from it says so
            }
        }
        return traits;
    }

    private FileTraits With(ReadOnlySpan<byte> file, ImageFormat format, DecodeRequest request, string name)
    {
        FileTraits traits = this;
        if (Pages is null && format is ImageFormat.Tiff or ImageFormat.Gif or ImageFormat.WebP)
        {
            int pages = format == ImageFormat.Tiff ? TiffDirectories.Count(file) ?? 1 : OtherDecoder.FramesOf(file, format);
            if (pages > 1) traits = traits with { Pages = (name, pages) };
        }
        SampleBands? bands = format == ImageFormat.Tiff ? TiffDecoder.Read(file, request, name)
            : format == ImageFormat.Png && PngDecoder.HasSixteenBits(file) ? PngDecoder.ReadBands(file, request, name) : null;
        if (bands is null)
            return traits;
        if (Bands is null && request.Bands is null && bands.Count > bands.Colors + (bands.Alpha >= 0 ? 1 : 0) && format == ImageFormat.Tiff)
            traits = traits with { Bands = (name, bands.Count) };
        return bands.Type == SampleType.Byte ? traits : traits with
        {
            Ranges = Widened(bands, request, name),
            IsOfSixteenBits = bands.Type == SampleType.UInt16,
        };
    }

    private IReadOnlyList<SampleRange> Widened(SampleBands bands, DecodeRequest request, string name)
    {
        IEnumerable<SampleRange?> used = request.Bands is { } chosen
            ? chosen.PlacesIn(bands.Count, bands.Names, name).Select(place => bands.UsedBy([place]))
            : [bands.UsedBy([.. Enumerable.Range(0, Math.Max(1, bands.Colors))])];
        SampleRange?[] found = [.. used];
        if (found.Any(static range => range is null))
            return Ranges;                              // nothing was measured in it
        return [.. found.Select((range, at) => Ranges.Count == 0 ? range!.Value
            : new SampleRange(Math.Min(Ranges[at].Low, range!.Value.Low), Math.Max(Ranges[at].High, range.Value.High)))];
    }
}
