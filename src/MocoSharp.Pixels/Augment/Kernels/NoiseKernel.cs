using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Gaussian noise by Box and Muller on 16 counters at a time; sample n of a seed is always the same.</summary>
internal static class NoiseKernel
{
    /// <summary>Adds noise and cuts to [0, 1].</summary>
    public static void Run(Planes pixels, float sigma, ulong seed)
    {
        Vector512<uint> low = Vector512.Create((uint)seed), high = Vector512.Create((uint)(seed >> 32));
        Vector512<uint> counter = Vector512<uint>.Indices;
        foreach (ref Vector512<float> x in ColorKernels.Vectors(pixels.All))
        {
            Vector512<uint> first = Mix(counter ^ low), second = Mix(first ^ high);
            Vector512<float> radius = Vector512.Sqrt(Vector512.Log(Vector512<float>.One - Unit(first)) * -2f);
            Vector512<float> noise = radius * Vector512.Cos(Unit(second) * (2 * MathF.PI));
            x = Vector512.MinNative(Vector512.MaxNative(x + noise * sigma, Vector512<float>.Zero), Vector512<float>.One);
            counter += Vector512.Create(16u);
        }
    }

    /// <summary>24 bits in [0, 1).</summary>
    private static Vector512<float> Unit(Vector512<uint> bits) => Vector512.ConvertToSingle((bits >> 8).AsInt32()) * (1f / (1 << 24));

    /// <summary>MurmurHash3's last step: each bit in moves half of the bits out.</summary>
    private static Vector512<uint> Mix(Vector512<uint> z)
    {
        z = (z ^ (z >> 16)) * 0x85EBCA6Bu;
        z = (z ^ (z >> 13)) * 0xC2B2AE35u;
        return z ^ (z >> 16);
    }
}
