using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Bytes 0 to 255, interleaved, become floats 0 to 1 in planes.</summary>
internal static class ConvertKernel
{
    private const int Slack = 16;

    public static void Run(Image image, Planes target, Canvas canvas)
    {
        int channels = image.Channels, length = image.Width * channels;
        Span<float> row = canvas.Scratch(length + Slack);
        row[length..].Clear();
        float unit = 1 / 255f;
        for (int y = 0; y < image.Height; y++)
        {
            ColumnKernels.Bytes(image.Row(y), 0, new ReadOnlySpan<float>(in unit), channels == 1 ? target.Row(0, y) : row[..length]);
            if (channels == 3)
                Split(row, target, y);
            else if (channels > 1)
                for (int channel = 0; channel < channels; channel++)
                    Pick(row[channel..], channels, target.Row(channel, y));
        }
    }

    private static void Split(ReadOnlySpan<float> row, Planes target, int y)
    {
        Span<float> red = target.Row(0, y), green = target.Row(1, y), blue = target.Row(2, y);
        ref float from = ref MemoryMarshal.GetReference(row);
        ref float toRed = ref MemoryMarshal.GetReference(red), toGreen = ref MemoryMarshal.GetReference(green);
        ref float toBlue = ref MemoryMarshal.GetReference(blue);
        int x = 0;
        for (; x <= red.Length - 4; x += 4)
        {
            nuint at = (nuint)(x * 3);
            (Vector128<float> r, Vector128<float> g, Vector128<float> b) = Lanes.Planar(Vector128.LoadUnsafe(ref from, at),
                Vector128.LoadUnsafe(ref from, at + 3), Vector128.LoadUnsafe(ref from, at + 6), Vector128.LoadUnsafe(ref from, at + 9));
            r.StoreUnsafe(ref toRed, (nuint)x);
            g.StoreUnsafe(ref toGreen, (nuint)x);
            b.StoreUnsafe(ref toBlue, (nuint)x);
        }
        for (; x < red.Length; x++)
            (red[x], green[x], blue[x]) = (row[x * 3], row[x * 3 + 1], row[x * 3 + 2]);
    }

    private static void Pick(ReadOnlySpan<float> row, int step, Span<float> target)
    {
        for (int x = 0; x < target.Length; x++)
            target[x] = row[x * step];
    }
}
