using System.Numerics.Tensors;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Which of their samples 16-bit pictures use: cameras and microscopes of 12 bits leave most of them out.</summary>
public static class UsedRange
{
    private const int HeaderBytes = 26, DepthAt = 24;

    /// <summary>The smallest and the greatest sample of the 16-bit PNGs among some pictures of a source.</summary>
    /// <param name="source">Where they are from; one without files of its own has none.</param>
    /// <param name="looked">How many pictures are looked at, spread evenly.</param>
    /// <returns>Null where none of them has 16 bits, or can be read.</returns>
    public static SampleRange? Of(IImageSource source, int looked = 16)
    {
        if (source is not IPictureFiles files)
            return null;
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        int step = Math.Max(1, source.Count / looked);
        for (int i = 0; i < source.Count; i += step)
        {
            if (!IsDeep(files.PathOf(i)))
                continue;
            try
            {
                ushort[] samples = ImageDecoder.LoadDeep(files.PathOf(i)).Samples;
                (low, high) = (Math.Min(low, TensorPrimitives.Min<ushort>(samples)), Math.Max(high, TensorPrimitives.Max<ushort>(samples)));
            }
            catch (BadImageException)
            {
                // whoever learns from it says so
            }
        }
        return high >= low ? new SampleRange(low, high) : null;
    }

    private static bool IsDeep(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[HeaderBytes];
            return file.ReadAtLeast(head, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes
                && FormatSniffer.Known(head) == ImageFormat.Png && head[DepthAt] == 16;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
