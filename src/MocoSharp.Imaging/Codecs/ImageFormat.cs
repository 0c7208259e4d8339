namespace MocoSharp.Imaging.Codecs;

/// <summary>The picture formats that are read and written.</summary>
public enum ImageFormat
{
    /// <summary>JPEG: baseline or progressive, 8 bits.</summary>
    Jpeg,

    /// <summary>PNG of any kind, 1 to 16 bits.</summary>
    Png,

    /// <summary>WebP, lossy or lossless, one frame.</summary>
    WebP,
}

/// <summary>Tells a file's format by its first bytes; names and extensions play no part.</summary>
internal static class FormatSniffer
{
    /// <summary>Finds the format.</summary>
    /// <exception cref="BadImageException">The file is empty or of no known format.</exception>
    internal static ImageFormat Find(ReadOnlySpan<byte> file, string name)
    {
        if (file.IsEmpty)
            throw new BadImageException(ErrorIds.EmptyFile, "the file is empty", name, "copy it again, or delete it");
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return ImageFormat.Png;
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        (string what, string fix) = Describe(file);
        throw new BadImageException(ErrorIds.UnknownFormat, $"the file is {what}; JPEG, PNG and WebP are read", name, fix);
    }

    private static (string What, string Fix) Describe(ReadOnlySpan<byte> file)
    {
        const string Convert = "convert it to JPEG, PNG or WebP";
        if (file.StartsWith("version https://git-lfs"u8))
            return ("a Git LFS pointer, not the picture itself", "run 'git lfs pull' in the data's repository");
        if (file.StartsWith("GIF8"u8))
            return ("a GIF", Convert);
        if (file.StartsWith("BM"u8))
            return ("a BMP", Convert);
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8))
            return ("a TIFF", Convert);
        if (file.Length >= 12 && file[4..].StartsWith("ftyp"u8))
            return ("an AVIF, HEIC or video file", Convert);
        if (file.TrimStart(" \r\n\t"u8).StartsWith("<"u8))
            return ("a web page or XML", "download the picture again");
        return ($"of no known format (first bytes {System.Convert.ToHexString(file[..Math.Min(8, file.Length)])})", Convert);
    }
}
