using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Sheets;

/// <summary>One picture of many small ones: a row's first picture stands apart from those that belong to it.</summary>
public static class ContactSheet
{
    /// <summary>Side of a small picture, in pixels.</summary>
    public const int DefaultTile = 112;

    /// <summary>Makes the sheet.</summary>
    /// <param name="rows">1 or more rows of 1 or more pictures; a place without a picture is null and stays empty. Rows may differ in
    /// length.</param>
    /// <param name="tile">Side of a small picture, in pixels, 1 or more.</param>
    /// <returns>An RGB picture.</returns>
    /// <exception cref="ArgumentException">There is no row, or one without a place.</exception>
    public static Image Render(IReadOnlyList<IReadOnlyList<Image?>> rows, int tile = DefaultTile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tile, 1);
        if (rows.Count == 0 || rows.Any(static row => row.Count == 0))
            throw new ArgumentException("A sheet has one row or more, each with one place or more.", nameof(rows));
        SheetLayout layout = new(rows.Count, views: 1, Math.Max(1, rows.Max(static row => row.Count) - 1), tile);
        Image sheet = layout.Blank();
        Canvas canvas = new();
        foreach ((int row, IReadOnlyList<Image?> pictures) in rows.Index())
            foreach ((int column, Image? picture) in pictures.Index())
                if (picture is not null)
                    layout.Place(sheet, Thumbnail.Of(VisibleChannels.Of(picture, bands: null), tile, canvas), row, column);
        return sheet;
    }
}
