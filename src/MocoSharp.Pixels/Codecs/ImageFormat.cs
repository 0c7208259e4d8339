namespace MocoSharp.Imaging.Codecs;

/// <summary>The picture formats that are read; JPEG, PNG and WebP are written too.</summary>
public enum ImageFormat
{
    /// <summary>JPEG: baseline or progressive, 8 bits.</summary>
    Jpeg,

    /// <summary>PNG of any kind, 1 to 16 bits.</summary>
    Png,

    /// <summary>WebP, lossy or lossless; of an animation the first frame.</summary>
    WebP,

    /// <summary>TIFF and BigTIFF, the first page, read as 8 bits a sample.</summary>
    Tiff,

    /// <summary>BMP.</summary>
    Bmp,

    /// <summary>GIF, the first frame.</summary>
    Gif,

    /// <summary>HEIC, as phones write it.</summary>
    Heic,

    /// <summary>AVIF.</summary>
    Avif,

    /// <summary>JPEG XL.</summary>
    JpegXl,

    /// <summary>JPEG 2000, as a file or a bare code stream.</summary>
    Jpeg2000,
}

/// <summary>Tells a file's format by its first bytes; names and extensions play no part.</summary>
internal static class FormatSniffer
{
    private const string Read = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF, JPEG XL and JPEG 2000 are read";

    /// <summary>Finds the format.</summary>
    /// <exception cref="BadImageException">The file is empty or of no known format.</exception>
    internal static ImageFormat Find(ReadOnlySpan<byte> file, string name)
    {
        if (file.IsEmpty)
            throw new BadImageException(ErrorIds.EmptyFile, "the file is empty", name, "copy it again, or delete it");
        if (Known(file) is { } format)
            return format;
        (string what, string fix) = Foreign(file)
            ?? ($"of no known format (first bytes {Convert.ToHexString(file[..Math.Min(8, file.Length)])})",
            "convert it to JPEG, PNG or WebP");
        throw new BadImageException(ErrorIds.UnknownFormat, $"the file is {what}; {Read}", name, fix);
    }

    /// <summary>The format; null where it is none of these.</summary>
    internal static ImageFormat? Known(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return ImageFormat.Png;
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8))
            return ImageFormat.Tiff;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
            return ImageFormat.Gif;
        // two letters are little: the length of the header behind them is that of a kind of BMP
        if (file.Length >= 18 && file.StartsWith("BM"u8) && file[14] is 12 or 40 or 52 or 56 or 64 or 108 or 124 && file[15] == 0)
            return ImageFormat.Bmp;
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' '])
            || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]))
            return ImageFormat.JpegXl;
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '])
            || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]))
            return ImageFormat.Jpeg2000;
        return Brand(file) switch
        {
            "avif" or "avis" => ImageFormat.Avif,
            "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "mif1" or "msf1" => ImageFormat.Heic,
            _ => null,
        };
    }

    private static string Brand(ReadOnlySpan<byte> file) =>
        file.Length >= 12 && file[4..].StartsWith("ftyp"u8) ? System.Text.Encoding.ASCII.GetString(file[8..12]) : "";

    /// <summary>How to make pictures of a video.</summary>
    internal static string FramesOf(string file) => $"make a picture a second of it: ffmpeg -i {file} -vf fps=1 frame-%05d.jpg";

    /// <summary>What a file is that is no picture, and what to do with it; null where that cannot be told.</summary>
    /// <param name="file">Its first bytes, 512 or more where it has them.</param>
    internal static (string What, string Fix)? Foreign(ReadOnlySpan<byte> file)
    {
        const int TarMark = 257;
        const string Convert = "convert it to JPEG, PNG or WebP", Write = "write its pictures as PNG files, and its labels as a CSV file";
        if (file.StartsWith("version https://git-lfs"u8))
            return ("a Git LFS pointer, not the data itself", "run 'git lfs pull' in the data's repository");
        if (Brand(file).Length > 0 || file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) || file.Length >= 12
            && file.StartsWith("RIFF"u8) && file[8..].StartsWith("AVI "u8))
            return ("a video", FramesOf("FILE"));
        if (file.StartsWith("PK\x03\x04"u8))
            return ("an archive", "unpack it: unzip FILE -d FOLDER");
        if (file.StartsWith("7z"u8) || file.StartsWith("Rar!"u8))
            return ("an archive", "unpack it: 7z x FILE -oFOLDER");
        if (file.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])
            || file.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X'])
            || file.StartsWith("BZh"u8) || file.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])
            || file.Length > TarMark + 5 && file[TarMark..].StartsWith("ustar"u8))
            return ("an archive", "unpack it: mkdir FOLDER && tar -xf FILE -C FOLDER");
        if (file.StartsWith("8BPS"u8))
            return ("a Photoshop document", Convert);
        if (file.StartsWith("%PDF"u8))
            return ("a PDF", "make pictures of its pages: pdftoppm -r 150 -png FILE page");
        if (file.StartsWith("PAR1"u8))
            return ("a Parquet file", Write);
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']))
            return ("an HDF5 file", Write);
        if (file.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            return ("a NumPy array", Write);
        if (file.TrimStart(" \r\n\t"u8).StartsWith("<"u8))
            return ("a web page or XML", "download it again");
        return null;
    }
}
