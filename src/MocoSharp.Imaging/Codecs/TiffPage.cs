using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using BitMiracle.LibTiff.Classic;

namespace MocoSharp.Imaging.Codecs;

/// <summary>What a TIFF file says of a page, and how its numbers lie.</summary>
internal sealed class TiffPage
{
    private const TiffTag GdalMetadata = (TiffTag)42112, GdalNoData = (TiffTag)42113;
    private const int LargestTile = 1 << 28;
    private const byte PremultipliedAlpha = 1, StraightAlpha = 2;

    private readonly int _bits;
    private readonly SampleFormat _format;
    private readonly Photometric _photometric;
    private readonly bool _isKnown;

    static TiffPage()
    {
        Tiff.SetErrorHandler(new Silent());
        Tiff.SetTagExtender(static tiff => tiff.MergeFieldInfo([Text(GdalMetadata), Text(GdalNoData)], 2));
        static TiffFieldInfo Text(TiffTag tag) => new(tag, -1, -1, TiffType.ASCII, FieldBit.Custom, true, false, $"GDAL {(int)tag}");
    }

    private TiffPage(Tiff tiff)
    {
        (Width, Height) = (Number(tiff, TiffTag.IMAGEWIDTH, 0), Number(tiff, TiffTag.IMAGELENGTH, 0));
        (_bits, Bands) = (Number(tiff, TiffTag.BITSPERSAMPLE, 1), Number(tiff, TiffTag.SAMPLESPERPIXEL, 1));
        _format = (SampleFormat)Number(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        _photometric = (Photometric)Number(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        _isKnown = (Compression)Number(tiff, TiffTag.COMPRESSION, (int)Compression.NONE)
            is Compression.NONE or Compression.LZW or Compression.DEFLATE or Compression.ADOBE_DEFLATE or Compression.PACKBITS;
        Planes = (PlanarConfig)Number(tiff, TiffTag.PLANARCONFIG, (int)PlanarConfig.CONTIG) == PlanarConfig.SEPARATE ? Bands : 1;
        IsTiled = tiff.IsTiled();
        (TileWidth, TileHeight) = (Number(tiff, TiffTag.TILEWIDTH, 0), Number(tiff, TiffTag.TILELENGTH, 0));
        Orientation = Number(tiff, TiffTag.ORIENTATION, 1) is >= 1 and <= 8 and int turned ? turned : 1;
        Extra = tiff.GetField(TiffTag.EXTRASAMPLES) is { Length: > 1 } extra ? extra[1].ToByteArray() ?? [] : [];
        Names = BandNames(TextOf(tiff, GdalMetadata), Bands);
        Absent = float.TryParse(TextOf(tiff, GdalNoData).Trim('\0', ' '), CultureInfo.InvariantCulture, out float absent) ? absent
            : float.NaN;
        LastByte = End(tiff);
    }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>Numbers a pixel.</summary>
    internal int Bands { get; }

    /// <summary>1 where a pixel's numbers lie together; as many as bands where each band lies by itself.</summary>
    internal int Planes { get; }

    internal bool IsTiled { get; }

    internal int TileWidth { get; }

    internal int TileHeight { get; }

    /// <summary>Where the last strip or tile ends in the file.</summary>
    internal long LastByte { get; }

    internal int BandsInPlane => Planes == 1 ? Bands : 1;

    internal int SampleBytes => _bits / 8;

    /// <summary>What its numbers are; null for kinds that are not read as numbers.</summary>
    internal SampleType? Type => (_format, _bits) switch
    {
        (SampleFormat.UINT or SampleFormat.VOID, 8) => SampleType.Byte,
        (SampleFormat.UINT or SampleFormat.VOID, 16) => SampleType.UInt16,
        (SampleFormat.UINT or SampleFormat.VOID, 32 or 64) => SampleType.Integer,
        (SampleFormat.INT, 8 or 16 or 32 or 64) => SampleType.Integer,
        (SampleFormat.IEEEFP, 16 or 32 or 64) => SampleType.Float,
        _ => null,
    };

    /// <summary>Whether it is read as numbers: gray, RGB or bands that say nothing, in a compression without loss.</summary>
    internal bool IsPlain => _isKnown && Width > 0 && Height > 0 && Bands is > 0 and <= ushort.MaxValue && Type is not null
        && (_photometric is Photometric.MINISBLACK or Photometric.MINISWHITE || _photometric == Photometric.RGB && Bands >= 3)
        && (!IsTiled || TileWidth > 0 && TileHeight > 0 && (long)TileWidth * TileHeight * BandsInPlane * SampleBytes <= LargestTile);

    private byte[] Extra { get; }

    private int Orientation { get; }

    private string[] Names { get; }

    private float Absent { get; }

    /// <summary>Opens a file; null where it is no TIFF that the library opens.</summary>
    internal static Tiff? Open(Stream stream) => Tiff.ClientOpen("picture", "r", stream, new TiffStream());

    /// <summary>The page that is read next.</summary>
    internal static TiffPage Of(Tiff tiff) => new(tiff);

    /// <summary>The page with its numbers.</summary>
    internal SampleBands With(float[] numbers)
    {
        int colors = _photometric == Photometric.RGB ? 3 : 1;
        int alpha = Extra.Length > 0 && Bands == colors + 1 && Extra[0] is PremultipliedAlpha or StraightAlpha ? colors : -1;
        if (_photometric == Photometric.MINISWHITE && Type is SampleType.Byte or SampleType.UInt16)
            Invert(numbers, alpha);
        return new SampleBands
        {
            Width = Width,
            Height = Height,
            Count = Bands,
            Samples = numbers,
            Type = Type!.Value,
            Names = Names,
            Colors = colors == 3 || Bands == 1 || alpha == 1 ? colors : 0,
            Alpha = alpha,
            IsPremultiplied = alpha >= 0 && Extra[0] == PremultipliedAlpha,
            Absent = Absent,
            Orientation = Orientation,
        };
    }

    /// <summary>Puts a row of a strip or tile where it belongs.</summary>
    /// <param name="row">As stored, in this machine's byte order.</param>
    /// <param name="columns">How many of its pixels are meant.</param>
    /// <param name="numbers">All of the page's, [Height, Width, Bands].</param>
    /// <param name="firstPixel">Where the row begins.</param>
    /// <param name="plane">Which plane it is of.</param>
    internal void Put(ReadOnlySpan<byte> row, int columns, float[] numbers, long firstPixel, int plane)
    {
        Span<float> to = numbers.AsSpan((int)(firstPixel * Bands + (Planes == 1 ? 0 : plane)));
        int count = columns * BandsInPlane, step = Planes == 1 ? 1 : Bands;
        switch (_format, _bits)
        {
            case (SampleFormat.IEEEFP, 16): Put<Half>(row, count, to, step); break;
            case (SampleFormat.IEEEFP, 32): Put<float>(row, count, to, step); break;
            case (SampleFormat.IEEEFP, _): Put<double>(row, count, to, step); break;
            case (SampleFormat.INT, 8): Put<sbyte>(row, count, to, step); break;
            case (SampleFormat.INT, 16): Put<short>(row, count, to, step); break;
            case (SampleFormat.INT, 32): Put<int>(row, count, to, step); break;
            case (SampleFormat.INT, _): Put<long>(row, count, to, step); break;
            case (_, 8): Put<byte>(row, count, to, step); break;
            case (_, 16): Put<ushort>(row, count, to, step); break;
            case (_, 32): Put<uint>(row, count, to, step); break;
            default: Put<ulong>(row, count, to, step); break;
        }
    }

    private static void Put<T>(ReadOnlySpan<byte> row, int count, Span<float> to, int step)
        where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(row)[..count];
        if (step == 1)
        {
            TensorPrimitives.ConvertTruncating(from, to[..count]);
            return;
        }
        for (int i = 0, at = 0; i < from.Length; i++, at += step)
            to[at] = float.CreateTruncating(from[i]);
    }

    private void Invert(float[] numbers, int alpha)
    {
        int white = Type == SampleType.Byte ? byte.MaxValue : ushort.MaxValue;
        for (int i = 0; i < numbers.Length; i++)
            if (alpha < 0 || i % Bands != alpha)
                numbers[i] = white - numbers[i];
    }

    private static int Number(Tiff tiff, TiffTag tag, int otherwise) => tiff.GetFieldDefaulted(tag)?[0].ToInt() ?? otherwise;

    private static string TextOf(Tiff tiff, TiffTag tag) => tiff.GetField(tag) is { Length: > 0 } field ? field[^1].ToString() ?? "" : "";

    // An unpacked strip is as long as its rows, whatever else is said of it.
    private static long End(Tiff tiff)
    {
        TiffTag at = tiff.IsTiled() ? TiffTag.TILEOFFSETS : TiffTag.STRIPOFFSETS;
        TiffTag lengths = tiff.IsTiled() ? TiffTag.TILEBYTECOUNTS : TiffTag.STRIPBYTECOUNTS;
        if (tiff.GetField(at)?[0].TolongArray() is not { } offsets || tiff.GetField(lengths)?[0].TolongArray() is not { } counts)
            return 0;
        return offsets.Zip(counts, static (offset, count) => offset + count).DefaultIfEmpty().Max();
    }

    // <GDALMetadata><Item name="DESCRIPTION" sample="0" role="description">B02</Item>
    private static string[] BandNames(string metadata, int bands)
    {
        if (!metadata.Contains("<GDALMetadata", StringComparison.Ordinal) || bands is < 1 or > ushort.MaxValue)
            return [];
        try
        {
            string[] names = [.. Enumerable.Repeat("", bands)];
            XmlReaderSettings safe = new() { DtdProcessing = DtdProcessing.Prohibit };
            using XmlReader reader = XmlReader.Create(new StringReader(metadata.TrimEnd('\0')), safe);
            foreach (XElement item in XDocument.Load(reader).Descendants("Item"))
                if ((string?)item.Attribute("role") == "description" && (int?)item.Attribute("sample") is >= 0 and int band && band < bands)
                    names[band] = item.Value;
            return names.Any(static name => name.Length > 0) ? names : [];
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException)
        {
            return [];      // bands without names, as in most files
        }
    }

    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            // what comes of it is told by whoever reads
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            // unknown tags and the like
        }
    }
}
