using MocoSharp.Imaging;

namespace MocoSharp.Benchmarks.Parts;

/// <summary>Pictures to work on: slopes with noise, so that a JPEG of them has the size of a photograph's.</summary>
internal static class Pictures
{
    internal static Image Of(int side)
    {
        Image image = new(side, side, 3);
        Rng rng = Rng.For(seed: 1);
        for (int i = 0; i < image.Samples.Length; i++)
        {
            (int y, int x) = Math.DivRem(i / 3, side);
            image.Samples[i] = (byte)((x * 200 + y * 120 * (i % 3)) / side % 256 * 7 / 8 + rng.NextInt32(16));
        }
        return image;
    }
}
