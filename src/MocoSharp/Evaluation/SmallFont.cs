using MocoSharp.Imaging;

namespace MocoSharp.Evaluation;

/// <summary>Letters of 3 × 5 points, drawn twice as large: enough for class names and numbers in a picture. Upper case is drawn as lower
/// case.</summary>
internal static class SmallFont
{
    private const int Columns = 3, Rows = 5, Scale = 2, Advance = (Columns + 1) * Scale;

    // Five rows of three bits, the first row's left point highest.
    private static readonly Dictionary<char, int> s_points = new()
    {
        ['0'] = 0x7B6F,
        ['1'] = 0x2C97,
        ['2'] = 0x73E7,
        ['3'] = 0x73CF,
        ['4'] = 0x5BC9,
        ['5'] = 0x79CF,
        ['6'] = 0x79EF,
        ['7'] = 0x7292,
        ['8'] = 0x7BEF,
        ['9'] = 0x7BCF,
        ['a'] = 0x2BED,
        ['b'] = 0x6BAE,
        ['c'] = 0x3923,
        ['d'] = 0x6B6E,
        ['e'] = 0x79A7,
        ['f'] = 0x79A4,
        ['g'] = 0x396B,
        ['h'] = 0x5BED,
        ['i'] = 0x7497,
        ['j'] = 0x126A,
        ['k'] = 0x5BAD,
        ['l'] = 0x4927,
        ['m'] = 0x5FED,
        ['n'] = 0x6B6D,
        ['o'] = 0x2B6A,
        ['p'] = 0x6BA4,
        ['q'] = 0x2B73,
        ['r'] = 0x6BAD,
        ['s'] = 0x388E,
        ['t'] = 0x7492,
        ['u'] = 0x5B6F,
        ['v'] = 0x5B6A,
        ['w'] = 0x5BFD,
        ['x'] = 0x5AAD,
        ['y'] = 0x5A92,
        ['z'] = 0x72A7,
        ['.'] = 0x0002,
        ['-'] = 0x01C0,
        ['_'] = 0x0007,
        ['#'] = 0x5F7D,
        ['%'] = 0x52A5,
        ['/'] = 0x12A4,
        [' '] = 0x0000,
        ['?'] = 0x7282,
    };

    /// <summary>Pixels from top to bottom.</summary>
    internal const int Height = Rows * Scale;

    /// <summary>Pixels from left to right.</summary>
    internal static int Width(string text) => text.Length * Advance - Scale;

    /// <summary>Writes in black from left to right; what lies outside the picture is left out.</summary>
    internal static void Write(Image image, string text, int x, int y) => Draw(text, (column, row) => Dot(image, x + column, y + row));

    /// <summary>Writes from bottom to top, as beside an upright axis.</summary>
    internal static void WriteUp(Image image, string text, int x, int y) => Draw(text, (column, row) => Dot(image, x + row, y - column));

    private static void Draw(string text, Action<int, int> dot)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int points = s_points.GetValueOrDefault(char.ToLowerInvariant(text[i]), s_points['?']);
            for (int bit = 0; bit < Columns * Rows; bit++)
            {
                if ((points >> (Columns * Rows - 1 - bit) & 1) == 0) continue;
                for (int part = 0; part < Scale * Scale; part++)
                    dot(i * Advance + bit % Columns * Scale + part % Scale, bit / Columns * Scale + part / Scale);
            }
        }
    }

    private static void Dot(Image image, int x, int y)
    {
        if ((uint)x >= (uint)image.Width || (uint)y >= (uint)image.Height) return;
        image.Samples.AsSpan((y * image.Width + x) * image.Channels, image.Channels).Clear();
    }
}
