using System.Globalization;
using System.Text;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Names that look equal and are written in different code points: é as one, or as e with an accent behind it, as Macs write
/// files' names.</summary>
/// <remarks>Unicode's canonical decomposition, by a table of its own: <see cref="string.Normalize()"/> needs ICU, which a system may lack,
/// and without it hands back what it got.</remarks>
internal static class CanonicalForm
{
    private const int HangulFirst = 0xAC00, HangulLast = 0xD7A3, Vowels = 21, Finals = 28, L = 0x1100, V = 0x1161, T = 0x11A7;
    private static readonly Lazy<(Dictionary<int, int[]> Parts, Dictionary<int, int> Classes)> s_tables = new(ReadTables);

    /// <summary>The canonical decomposition, equal for names that look equal.</summary>
    internal static string Of(string name)
    {
        if (IsAscii(name)) return name;
        List<int> codes = [];
        foreach (Rune rune in name.EnumerateRunes()) codes.AddRange(PartsOf(rune.Value));
        for (int i = 1; i < codes.Count; i++)       // accents of one letter in the order of their classes
            for (int j = i; j > 0 && ClassOf(codes[j]) is > 0 and int later && ClassOf(codes[j - 1]) > later; j--)
                (codes[j - 1], codes[j]) = (codes[j], codes[j - 1]);
        StringBuilder text = new();
        foreach (int code in codes) text.Append(new Rune(code).ToString());
        return text.ToString();
    }

    private static bool IsAscii(string name) => Ascii.IsValid(name);

    private static int ClassOf(int code) => s_tables.Value.Classes.GetValueOrDefault(code);

    private static int[] PartsOf(int code)
    {
        if (code is not (>= HangulFirst and <= HangulLast)) return s_tables.Value.Parts.GetValueOrDefault(code) ?? [code];
        int at = code - HangulFirst, last = at % Finals;
        int[] parts = [L + at / (Vowels * Finals), V + at % (Vowels * Finals) / Finals, T + last];
        return last == 0 ? parts[..2] : parts;
    }

    private static (Dictionary<int, int[]>, Dictionary<int, int>) ReadTables()
    {
        using Stream stream = typeof(CanonicalForm).Assembly.GetManifestResourceStream("canonical-forms.txt")!;
        using StreamReader reader = new(stream);
        Dictionary<int, int[]> parts = [];
        Dictionary<int, int> classes = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('=') is [var code, var decomposed])
                parts[Hex(code)] = [.. decomposed.Split(' ').Select(Hex)];
            else if (line.Split('-', ':') is [var first, var last, var number])
                for (int each = Hex(first); each <= Hex(last); each++) classes[each] = int.Parse(number, CultureInfo.InvariantCulture);
        }
        return (parts, classes);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
