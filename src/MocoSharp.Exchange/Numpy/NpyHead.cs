using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MocoSharp.Exchange.Numpy;

/// <summary>The head of NumPy's <c>.npy</c>: type and sizes.</summary>
/// <remarks>NumPy enhancement proposal 1, versions 1 to 3.</remarks>
/// <param name="Type">As safetensors calls it; as NumPy does where that has no name.</param>
/// <param name="Shape">Sizes.</param>
internal sealed partial record NpyHead(string Type, long[] Shape)
{
    private const int Longest = 1 << 20;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads one; the stream is behind it then.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static NpyHead Read(Stream stream, long length)
    {
        byte[] first = new byte[12];
        stream.ReadExactly(first, 0, 10);
        if (!first.AsSpan().StartsWith(Magic) || first[6] is < 1 or > 3)
            throw new InvalidDataException("it does not begin as an array does");
        if (first[6] > 1) stream.ReadExactly(first, 10, 2);
        long head = first[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(first.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(first.AsSpan(8));
        if (head > length || head > Longest) throw new InvalidDataException($"its head claims {head:N0} bytes");
        byte[] text = new byte[head];
        stream.ReadExactly(text);
        string words = Encoding.UTF8.GetString(text);
        if (Descr().Match(words) is not { Success: true } type || Sizes().Match(words) is not { Success: true } sizes)
            throw new InvalidDataException($"its head cannot be understood: {words.Trim()}");
        return new NpyHead(NameOf(type.Groups[1].Value), [.. sizes.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries
            | StringSplitOptions.TrimEntries).Select(static size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture,
            out long number) ? number : throw new InvalidDataException($"a size is {size}"))]);
    }

    private static string NameOf(string type) => type switch
    {
        ['<' or '|' or '=', 'f', .. var bytes] => $"F{Bits(bytes)}",
        ['<' or '|' or '=', 'i', .. var bytes] => $"I{Bits(bytes)}",
        ['<' or '|' or '=', 'u', .. var bytes] => $"U{Bits(bytes)}",
        "|b1" => "BOOL",
        _ => type,
    };

    private static int Bits(string bytes) => bytes is "1" or "2" or "4" or "8" ? 8 * (bytes[0] - '0') : 0;

    [GeneratedRegex("'descr':\\s*'([^']*)'")]
    private static partial Regex Descr();

    [GeneratedRegex("'shape':\\s*\\(([0-9, ]*)\\)")]
    private static partial Regex Sizes();
}
