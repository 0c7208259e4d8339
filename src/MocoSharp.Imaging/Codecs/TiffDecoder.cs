using BitMiracle.LibTiff.Classic;

namespace MocoSharp.Imaging.Codecs;

/// <summary>TIFF and BigTIFF, the first page: any number of bands of 8, 16, 32 or 64 bits, whole or floating, in strips or tiles, by
/// LibTiff.NET. Pages of other kinds (palettes, CMYK, YCbCr, single bits, newer compressions) are ImageMagick's.</summary>
internal static unsafe class TiffDecoder
{
    /// <summary>The first page's numbers; null where it is of a kind that ImageMagick reads.</summary>
    /// <exception cref="BadImageException">The file is broken or too large.</exception>
    internal static SampleBands? Read(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        if (TiffDirectories.Count(file) is null)
            throw Broken("what its header claims does not fit into the file", name);
        try
        {
            fixed (byte* bytes = file)
            {
                using UnmanagedMemoryStream stream = new(bytes, file.Length);
                using Tiff? tiff = TiffPage.Open(stream);
                return tiff is not null && TiffPage.Of(tiff) is { IsPlain: true } page
                    ? Read(tiff, page, file.Length, request, name) : null;
            }
        }
        catch (Exception error) when (error is not ImagingException)       // a damaged file takes the library anywhere
        {
            throw Broken("its structure contradicts itself", name, error);
        }
    }

    private static SampleBands Read(Tiff tiff, TiffPage page, long length, DecodeRequest request, string name)
    {
        PixelLimit.Check(page.Width, page.Height, request, name);
        long samples = (long)page.Width * page.Height * page.Bands;
        if (samples > Math.Min(Array.MaxLength, 4 * PixelLimit.Of(request)))
            throw new BadImageException(ErrorIds.TooLarge,
                $"the picture would decode to {page.Width} x {page.Height} pixels of {page.Bands} bands; at most "
                + $"{4 * PixelLimit.Of(request):N0} samples are decoded", name, "shrink the picture, or raise the limit on pixels");
        if (page.LastByte > length)
            throw new BadImageException(ErrorIds.Truncated, "the TIFF file ends before its last row", name, "copy it again, or delete it");
        float[] numbers = GC.AllocateUninitializedArray<float>((int)samples);
        for (int plane = 0; plane < page.Planes; plane++)
            if (page.IsTiled) ReadTiles(tiff, page, plane, numbers, name);
            else ReadRows(tiff, page, plane, numbers, name);
        return page.With(numbers);
    }

    private static void ReadRows(Tiff tiff, TiffPage page, int plane, float[] numbers, string name)
    {
        byte[] row = new byte[tiff.ScanlineSize()];
        for (int y = 0; y < page.Height; y++)
        {
            if (!tiff.ReadScanline(row, 0, y, (short)plane))
                throw Broken($"row {y:N0} of {page.Height:N0} is damaged", name);
            page.Put(row, page.Width, numbers, (long)y * page.Width, plane);
        }
    }

    private static void ReadTiles(Tiff tiff, TiffPage page, int plane, float[] numbers, string name)
    {
        int rowBytes = page.TileWidth * page.BandsInPlane * page.SampleBytes;
        byte[] tile = new byte[tiff.TileSize()];
        for (int y = 0; y < page.Height; y += page.TileHeight)
            for (int x = 0; x < page.Width; x += page.TileWidth)
            {
                if (tiff.ReadTile(tile, 0, x, y, 0, (short)plane) < 0)
                    throw Broken($"the tile at column {x:N0}, row {y:N0} is damaged", name);
                int columns = Math.Min(page.TileWidth, page.Width - x), rows = Math.Min(page.TileHeight, page.Height - y);
                for (int inside = 0; inside < rows; inside++)
                    page.Put(tile.AsSpan(inside * rowBytes, rowBytes), columns, numbers, (long)(y + inside) * page.Width + x, plane);
            }
    }

    private static BadImageException Broken(string what, string name, Exception? error = null) =>
        new(ErrorIds.Corrupt, $"the TIFF file cannot be decoded: {what}", name,
            "copy it again, convert it with a program that opens it, or delete it", error);
}
