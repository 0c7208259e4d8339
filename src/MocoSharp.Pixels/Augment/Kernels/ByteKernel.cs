namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Planes of floats 0 to 1 become a picture of bytes, rounded and cut.</summary>
internal static class ByteKernel
{
    public static Image Run(Planes pixels)
    {
        Image image = new(pixels.Width, pixels.Height, pixels.Channels);
        for (int y = 0; y < pixels.Height; y++)
            for (int channel = 0; channel < pixels.Channels; channel++)
            {
                ReadOnlySpan<float> row = pixels.Row(channel, y);
                Span<byte> to = image.Row(y);
                for (int x = 0; x < row.Length; x++)
                    to[x * pixels.Channels + channel] = PixelValue.ToByte(row[x]);
            }
        return image;
    }
}
