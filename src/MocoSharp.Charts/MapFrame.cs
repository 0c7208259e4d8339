using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>From a map's coordinates to a chart's pixels, with one scale for both axes.</summary>
internal readonly record struct MapFrame(float Scale, float Left, float Top, float Least, float Most)
{
    /// <summary>The frame that shows all points.</summary>
    /// <param name="points">1 or more.</param>
    /// <param name="area">Where the map goes.</param>
    /// <param name="room">Pixels that are kept free at its borders.</param>
    internal static MapFrame Of(IReadOnlyList<MapPoint> points, SKRect area, float room)
    {
        float left = points.Min(static point => point.X), right = points.Max(static point => point.X),
            low = points.Min(static point => point.Y), high = points.Max(static point => point.Y);
        float width = area.Width - 2 * room, height = area.Height - 2 * room;
        float scale = Math.Min(width / Math.Max(right - left, 1e-6f), height / Math.Max(high - low, 1e-6f));
        if (!(right > left) && !(high > low)) scale = 0;
        return new MapFrame(scale, area.Left + room + (width - scale * (right - left)) / 2,
            area.Top + room + (height - scale * (high - low)) / 2, left, high);
    }

    /// <summary>Where a point is drawn; upward on the map is upward on the chart.</summary>
    internal SKPoint Place(MapPoint point) => new(Left + Scale * (point.X - Least), Top + Scale * (Most - point.Y));
}
