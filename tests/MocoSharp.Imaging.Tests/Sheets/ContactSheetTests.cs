using MocoSharp.Imaging.Sheets;

namespace MocoSharp.Imaging.Tests.Sheets;

public sealed class ContactSheetTests
{
    private const int Tile = 8, Margin = 16, Thin = 3, Wide = 14, Paper = 250;

    [Fact]
    public void Each_picture_has_its_place_and_what_is_not_there_stays_empty()
    {
        Image sheet = ContactSheet.Render([[Gray(10), Gray(20), null], [Gray(30), null, Gray(40)]], Tile);
        Assert.Equal((2 * Margin + 3 * Tile + Wide + Thin, 2 * Margin + 2 * Tile + Thin), (sheet.Width, sheet.Height));
        Assert.Equal([10, 20, Paper], Row(sheet, 0));
        Assert.Equal([30, Paper, 40], Row(sheet, 1));
    }

    [Fact]
    public void Rows_may_differ_in_length_and_must_be_there()
    {
        Assert.Equal([10, Paper], Row(ContactSheet.Render([[Gray(10)], [Gray(1), Gray(2)]], Tile), 0)[..2]);
        Assert.Throws<ArgumentException>(() => ContactSheet.Render([], Tile));
        Assert.Throws<ArgumentException>(() => ContactSheet.Render([[]], Tile));
        Assert.Throws<ArgumentOutOfRangeException>(() => ContactSheet.Render([[Gray(1)]], tile: 0));
    }

    private static Image Gray(byte value)
    {
        Image image = new(Tile, Tile, 1);
        image.Samples.AsSpan().Fill(value);
        return image;
    }

    private static int[] Row(Image sheet, int row)
    {
        int y = Margin + row * (Tile + Thin) + Tile / 2, first = Margin + Tile / 2;
        int[] columns = [first, first + Tile + Wide, first + 2 * Tile + Wide + Thin];
        return [.. columns.Where(x => x < sheet.Width).Select(x => (int)sheet.Row(y)[3 * x])];
    }
}
