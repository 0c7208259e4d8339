using System.Buffers.Binary;
using ImageMagick;

namespace MocoSharp.Imaging.Codecs;

/// <summary>TIFF, BMP, GIF, HEIC, AVIF, JPEG XL, JPEG 2000 and animated WebP, by ImageMagick: the first page or frame, turned upright, 8
/// bits a sample.</summary>
/// <remarks>More bits a sample are scaled to 8 and rounded. CMYK becomes RGB by ImageMagick's own rule, without profiles. Alpha is dropped
/// unless a background is asked for, as in the other formats. The kind is told by the file's first bytes and handed on, so that no other of
/// ImageMagick's readers is ever asked.</remarks>
internal static class OtherDecoder
{
    private const ulong MostMemory = 4UL << 30;
    private const int MostComponents = 4;
    private static readonly Lazy<bool> s_ready = new(Prepare);

    /// <summary>Decodes.</summary>
    /// <exception cref="BadImageException">The file is broken or too large.</exception>
    /// <exception cref="ImagingException">There is no ImageMagick for this system.</exception>
    internal static Image Decode(ReadOnlySpan<byte> file, ImageFormat format, DecodeRequest request, string name,
        ImageMemory? memory = null)
    {
        try
        {
            _ = s_ready.Value;
            MagickReadSettings settings = new() { Format = FormatOf(format), FrameIndex = 0, FrameCount = 1 };
            if (format == ImageFormat.Jpeg2000)
                CheckSize(file, request, name);
            using (MagickImage head = new())
            {
                head.Ping(file, settings);
                PixelLimit.Check(head.Width, head.Height, request, name);
            }
            using MagickImage picture = new(file, settings);
            picture.AutoOrient();
            if (picture.ColorSpace is not (ColorSpace.sRGB or ColorSpace.Gray))
                picture.ColorSpace = ColorSpace.sRGB;
            PixelLimit.Check(picture.Width, picture.Height, request, name);
            Image image = ImageMemory.Take(memory, (int)picture.Width, (int)picture.Height, request.Channels);
            using IUnsafePixelCollection<byte> pixels = picture.GetPixelsUnsafe();
            Rgb? background = picture.HasAlpha ? request.Background : null;
            byte[] rgb = pixels.ToByteArray(background is null ? PixelMapping.RGB : PixelMapping.RGBA)
                ?? throw Broken(format, "it has no pixels", name);
            if (background is { } color)
            {
                byte[] rgba = rgb;
                rgb = new byte[rgba.Length / 4 * 3];
                Alpha.Blend(rgba, rgb, color);
            }
            if (image.Channels == 3)
                rgb.CopyTo(image.Samples.AsSpan(0, rgb.Length));
            else
                Luma.FromRgb(rgb, image.Samples);
            return image;
        }
        catch (MagickException error)
        {
            throw Broken(format, error.Message, name, error);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            throw new ImagingException(ErrorIds.MissingLibrary,
                $"{format} is read by ImageMagick, which has no library for this system: {error.Message}", name,
                "convert these pictures to JPEG, PNG or WebP", error);
        }
    }

    /// <summary>How many frames a file has; 1 where that cannot be told.</summary>
    internal static int FramesOf(ReadOnlySpan<byte> file, ImageFormat format)
    {
        try
        {
            _ = s_ready.Value;
            using MagickImageCollection frames = [];
            frames.Ping(file, new MagickReadSettings { Format = FormatOf(format) });
            return frames.Count;
        }
        catch (Exception error) when (error is MagickException or DllNotFoundException or TypeInitializationException)
        {
            return 1;           // whoever reads it says why it cannot be read
        }
    }

    // ImageMagick takes memory for a code stream's whole size, and for all of its components, even to tell them: both are read here, from
    // the marker SIZ that begins it.
    private static void CheckSize(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        int at = file.IndexOf((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]);
        if (at < 0 || at + 42 > file.Length)
            throw Broken(ImageFormat.Jpeg2000, "it holds no code stream", name);
        ReadOnlySpan<byte> size = file[(at + 8)..];
        long width = BinaryPrimitives.ReadUInt32BigEndian(size), height = BinaryPrimitives.ReadUInt32BigEndian(size[4..]);
        PixelLimit.Check(width, height, request, name);
        if (BinaryPrimitives.ReadUInt16BigEndian(size[32..]) > MostComponents)
            throw Broken(ImageFormat.Jpeg2000, $"it has more than {MostComponents} components", name);
    }

    private static BadImageException Broken(ImageFormat format, string problem, string name, Exception? error = null) =>
        new(ErrorIds.Corrupt, $"the {format} file cannot be decoded: {FirstSentence(problem)}", name,
            "copy it again, convert it with a program that opens it, or delete it", error);

    // ImageMagick ends its messages with "@ error/tiff.c/…": where in its sources they come from.
    private static string FirstSentence(string text) => text.Split(" @ ")[0].TrimEnd('.', ' ', '\n');

    private static MagickFormat FormatOf(ImageFormat format) => format switch
    {
        ImageFormat.Tiff => MagickFormat.Tiff,
        ImageFormat.Bmp => MagickFormat.Bmp,
        ImageFormat.Gif => MagickFormat.Gif,
        ImageFormat.Heic => MagickFormat.Heic,
        ImageFormat.Avif => MagickFormat.Avif,
        ImageFormat.JpegXl => MagickFormat.Jxl,
        ImageFormat.Jpeg2000 => MagickFormat.Jp2,
        ImageFormat.WebP => MagickFormat.WebP,
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    // Loader threads decode side by side, so each picture has one; nothing is ever put on a disk.
    private static bool Prepare()
    {
        ResourceLimits.Thread = 1;
        ResourceLimits.Disk = 0;
        ResourceLimits.Memory = MostMemory;
        ResourceLimits.MaxMemoryRequest = MostMemory;
        return true;
    }
}
