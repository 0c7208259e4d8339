namespace MocoSharp.Imaging.Codecs;

/// <summary>Gray from RGB by ITU-R 601-2 in 16-bit fixed point: (19595 R + 38470 G + 7471 B + 2^15) / 2^16, as PIL's
/// <c>convert("L")</c>.</summary>
internal static class Luma
{
    /// <summary>Writes one gray sample a pixel. The two may start at the same place.</summary>
    /// <param name="rgb">[pixels, 3].</param>
    /// <param name="gray">[pixels].</param>
    internal static void FromRgb(ReadOnlySpan<byte> rgb, Span<byte> gray)
    {
        rgb = rgb[..(3 * gray.Length)];
        for (int pixel = 0; pixel < gray.Length; pixel++, rgb = rgb[3..])
            gray[pixel] = (byte)Of(rgb[0], rgb[1], rgb[2]);
    }

    /// <inheritdoc cref="FromRgb(ReadOnlySpan{byte}, Span{byte})"/>
    internal static void FromRgb(ReadOnlySpan<ushort> rgb, Span<ushort> gray)
    {
        for (int pixel = 0, i = 0; pixel < gray.Length; pixel++, i += 3)
            gray[pixel] = (ushort)Of(rgb[i], rgb[i + 1], rgb[i + 2]);
    }

    /// <summary>Repeats each gray sample three times.</summary>
    /// <param name="gray">[pixels].</param>
    /// <param name="rgb">[pixels, 3].</param>
    internal static void ToRgb(ReadOnlySpan<byte> gray, Span<byte> rgb)
    {
        for (int pixel = 0; pixel < gray.Length; pixel++)
            rgb.Slice(3 * pixel, 3).Fill(gray[pixel]);
    }

    /// <summary>Whether all pixels have equal red, green and blue.</summary>
    internal static bool IsGray(ReadOnlySpan<byte> rgb)
    {
        for (; rgb.Length >= 3; rgb = rgb[3..])
            if (rgb[0] != rgb[1] || rgb[0] != rgb[2])
                return false;
        return true;
    }

    /// <summary>One pixel's gray.</summary>
    internal static uint Of(uint red, uint green, uint blue) => (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}
