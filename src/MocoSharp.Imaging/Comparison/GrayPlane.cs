using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Comparison;

/// <summary>A picture's brightness: Rec. 601's of three channels, and the mean of others.</summary>
internal static class GrayPlane
{
    /// <summary>The plane, [height, width], levels of 255.</summary>
    internal static float[] Of(Image image)
    {
        float[] plane = new float[image.Width * image.Height];
        ReadOnlySpan<byte> samples = image.Samples;
        for (int pixel = 0; pixel < plane.Length; pixel++)
        {
            ReadOnlySpan<byte> one = samples.Slice(pixel * image.Channels, image.Channels);
            if (one.Length == 3)
            {
                plane[pixel] = Luma.Of(one[0], one[1], one[2]);
                continue;
            }
            int sum = 0;
            foreach (byte sample in one) sum += sample;
            plane[pixel] = (float)sum / one.Length;
        }
        return plane;
    }
}
