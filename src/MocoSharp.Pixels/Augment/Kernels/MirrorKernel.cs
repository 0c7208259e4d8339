namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Swaps left and right in place.</summary>
internal static class MirrorKernel
{
    public static void Run(Planes pixels)
    {
        for (int channel = 0; channel < pixels.Channels; channel++)
            for (int y = 0; y < pixels.Height; y++)
                pixels.Row(channel, y).Reverse();
    }
}
