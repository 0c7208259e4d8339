namespace MocoSharp.Imaging.Sheets;

/// <summary>Where each picture of a sheet goes: thin gaps between draws of one view, wide ones between views.</summary>
/// <param name="rows">Samples.</param>
/// <param name="views">Views a sample.</param>
/// <param name="draws">Draws a view.</param>
/// <param name="tile">Side of a picture, in pixels.</param>
internal sealed class SheetLayout(int rows, int views, int draws, int tile)
{
    private const int Margin = 16, Thin = 3, Wide = 14;
    private const byte Paper = 250;

    private int Columns => 1 + views * draws;

    /// <summary>The empty sheet, RGB.</summary>
    internal Image Blank()
    {
        Image sheet = new(Left(Columns - 1) + tile + Margin, Top(rows - 1) + tile + Margin, 3);
        sheet.Samples.AsSpan().Fill(Paper);
        return sheet;
    }

    /// <summary>Puts a picture into the middle of its place.</summary>
    internal void Place(Image sheet, Image picture, int row, int column)
    {
        int left = Left(column) + (tile - picture.Width) / 2, top = Top(row) + (tile - picture.Height) / 2;
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> from = picture.Row(y);
            Span<byte> to = sheet.Row(top + y)[(left * 3)..];
            for (int x = 0; x < picture.Width; x++)
                for (int channel = 0; channel < 3; channel++)
                    to[x * 3 + channel] = from[x * picture.Channels + (picture.Channels == 1 ? 0 : channel)];
        }
    }

    private int Top(int row) => Margin + row * (tile + Thin);

    // Column 0 is the original; each view starts after a wide gap.
    private int Left(int column)
    {
        int groups = column == 0 ? 0 : 1 + (column - 1) / draws;
        return Margin + column * (tile + Thin) + groups * (Wide - Thin);
    }
}
