using System.Buffers.Binary;
using System.Text;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Mutations;

/// <summary>Damages a file by a number: the same number gives the same damage.</summary>
internal static class Mutant
{
    private static readonly ulong[] s_hostile = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF];
    private const int HeadBytes = 64;

    /// <summary>One to four changes: bits, bytes, hostile sizes (half of them near the start), pieces left out, doubled or moved, a cut
    /// end.</summary>
    internal static byte[] Of(byte[] seed, ref Rng rng)
    {
        List<byte> file = [.. seed];
        for (int changes = 1 + rng.NextInt32(4); changes > 0 && file.Count > 0; changes--) Change(file, ref rng);
        return [.. file];
    }

    private static void Change(List<byte> file, ref Rng rng)
    {
        int range = rng.NextInt32(2) == 0 ? Math.Min(HeadBytes, file.Count) : file.Count, at = rng.NextInt32(range),
            length = 1 + rng.NextInt32(Math.Min(32, file.Count - at));
        switch (rng.NextInt32(8))
        {
            case 0 or 1:
                file[at] ^= (byte)(1 << rng.NextInt32(8));
                break;
            case 2:
                file[at] = (byte)rng.NextInt32(256);
                break;
            case 3 or 4:
                Size(file, at, ref rng);
                break;
            case 5:
                file.RemoveRange(at, length);
                break;
            case 6:
                file.InsertRange(rng.NextInt32(file.Count), file.GetRange(at, length));
                break;
            default:
                file.RemoveRange(at, file.Count - at);
                break;
        }
    }

    private static void Size(List<byte> file, int at, ref Rng rng)
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong value = s_hostile[rng.NextInt32(s_hostile.Length)];
        int width = 1 << rng.NextInt32(4);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        if (rng.NextInt32(2) == 0) bytes[..width].Reverse();
        for (int i = 0; i < width && at + i < file.Count; i++) file[at + i] = bytes[i];
    }

    /// <summary>Replaces one number in a text by a hostile one, or damages it like any file.</summary>
    internal static byte[] OfText(byte[] seed, ref Rng rng)
    {
        if (rng.NextInt32(2) == 0) return Of(seed, ref rng);
        string text = Encoding.Latin1.GetString(seed);        // bytes that are no text stay as they are
        int[] digits = [.. Enumerable.Range(0, text.Length).Where(i => char.IsAsciiDigit(text[i]))];
        if (digits.Length == 0) return Of(seed, ref rng);
        int at = digits[rng.NextInt32(digits.Length)];
        string[] hostile = ["-1", "0", "1e308", "NaN", "2147483648", "9223372036854775807", "99999999999999999999", "[[[[[[[[", "{{{{",
            "&a [*a]", "\u0000", "!!binary", "---", "\t"];
        return Encoding.Latin1.GetBytes(text[..at] + hostile[rng.NextInt32(hostile.Length)] + text[(at + 1)..]);
    }
}
