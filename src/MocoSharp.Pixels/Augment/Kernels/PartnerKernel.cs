using System.Numerics.Tensors;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>16-bit samples and maps of classes become planes of 0 to 1.</summary>
internal static class PartnerKernel
{
    /// <summary>Fills the planes, which have the partner's shape.</summary>
    public static void Run(Partner partner, Planes planes)
    {
        for (int channel = 0; channel < planes.Channels; channel++)
            for (int y = 0; y < planes.Height; y++)
                if (partner.Deep is { } deep)
                    Heights(deep, channel, y, planes.Row(channel, y));
                else
                    Class(partner.Plain!.Row(y), (byte)channel, planes.Row(channel, y));
    }

    private static void Heights(DeepImage deep, int channel, int y, Span<float> row)
    {
        ReadOnlySpan<ushort> samples = deep.Samples.AsSpan(y * deep.Width * deep.Channels, deep.Width * deep.Channels);
        if (deep.Channels == 1)
            TensorPrimitives.ConvertTruncating(samples, row);
        else
            for (int x = 0; x < row.Length; x++)
                row[x] = samples[x * deep.Channels + channel];
        TensorPrimitives.Divide(row, ushort.MaxValue, row);
    }

    private static void Class(ReadOnlySpan<byte> classes, byte wanted, Span<float> row)
    {
        for (int x = 0; x < row.Length; x++)
            row[x] = classes[x] == wanted ? 1 : 0;
    }
}
