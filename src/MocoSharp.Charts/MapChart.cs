using System.Globalization;
using MocoSharp.Imaging.Datasets;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>How a map is drawn.</summary>
/// <param name="Width">In pixels, 400 or more.</param>
/// <param name="Height">In pixels, 400 or more.</param>
/// <param name="Thumbnails">Pictures that are drawn at their places at most, none over another; 0 draws points alone.</param>
/// <param name="Tile">The longer side of such a picture, in pixels; null takes the largest from 40 to 16 with which a third of the pictures
/// find room.</param>
/// <param name="Title">Above the map; null writes what it is.</param>
/// <param name="Seed">Chooses the pictures that are drawn.</param>
public sealed record MapChartOptions(
    [Bounds(400, 20_000)] int Width = 1600, [Bounds(400, 20_000)] int Height = 1200, [Bounds(0, 1_000_000)] int Thumbnails = 800,
    [Bounds(8, 1024)] int? Tile = null, string? Title = null, ulong Seed = 1);

/// <summary>A map of a folder as a picture: a point for each picture, colored by its class, cluster or anything else, and
/// thumbnails.</summary>
public sealed class MapChart
{
    private const float Margin = 24, TitleSize = 22, TextSize = 16, LegendWidth = 260, LegendStep = 24;
    private const float NewPoint = 1.6f;        // of another point's radius
    private const int MostInLegend = 30, ScaleLines = 8, ScaleMarks = 4;

    private readonly FolderMap _map;
    private readonly MapColors _colors;
    private readonly MapChartOptions _options;

    /// <summary>A chart of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="groups">[N] what each point is colored by; null for a point without it.</param>
    /// <param name="options">How it is drawn.</param>
    /// <exception cref="OptionException">A size is out of its range, or there is another number of groups.</exception>
    public MapChart(FolderMap map, IReadOnlyList<string?> groups, MapChartOptions? options = null)
    {
        (_map, _options) = (map, (options ?? new MapChartOptions()).InBounds());
        OptionException.Require(groups.Count == map.Points.Count, nameof(groups), groups.Count,
            $"one for each of {map.Points.Count} points");
        _colors = MapColors.By(groups);
    }

    /// <summary>Draws it.</summary>
    /// <param name="path">A .png or .svg file, or .html: a page that is moved and enlarged, and whose points tell what they are.</param>
    /// <param name="pictures">Where the pictures are; null draws points alone.</param>
    /// <returns>How many thumbnails were drawn, and the names of pictures that could not be read.</returns>
    /// <exception cref="OptionException">The file is of another kind.</exception>
    /// <exception cref="MocoException">MS4015: there is no font to write with.</exception>
    public MapDrawing Save(string path, IImageSource? pictures = null)
    {
        string kind = Path.GetExtension(path).ToUpperInvariant();
        if (kind is not (".PNG" or ".SVG" or ".HTML"))
            throw new OptionException("output", path, "and maps are .png, .svg or .html files", fix: "end the name in .png, .svg or .html");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        if (kind == ".HTML")
            return new MapPage(_map, _colors, _options, _options.Title ?? DefaultTitle())
                .Save(path, _options.Thumbnails == 0 ? null : pictures);
        if (kind == ".PNG")
        {
            (byte[] png, MapDrawing drawing) = Png(pictures);
            File.WriteAllBytes(path, png);
            return drawing;
        }
        ChartFont.Require();
        using FileStream stream = File.Create(path);
        using SKCanvas vectors = SKSvgCanvas.Create(new SKRect(0, 0, _options.Width, _options.Height), stream);
        return Draw(vectors, pictures);
    }

    /// <summary>Draws it into memory.</summary>
    /// <param name="pictures">Where the pictures are; null draws points alone.</param>
    /// <returns>A PNG file, and what was drawn.</returns>
    /// <exception cref="MocoException">MS4015: there is no font to write with.</exception>
    public (byte[] File, MapDrawing Drawing) Png(IImageSource? pictures = null)
    {
        ChartFont.Require();
        using SKBitmap bitmap = new(_options.Width, _options.Height);
        using SKCanvas canvas = new(bitmap);
        MapDrawing drawing = Draw(canvas, pictures);
        canvas.Flush();
        using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return (file.ToArray(), drawing);
    }

    private MapDrawing Draw(SKCanvas canvas, IImageSource? pictures)
    {
        canvas.Clear(SKColors.White);
        bool hasLegend = _colors.Groups.Count > 0 || _colors.Range is not null || _map.Points.Any(static point => point.IsNew);
        float right = _options.Width - Margin - (hasLegend ? LegendWidth : 0);
        SKRect area = new(Margin, Margin + TitleSize + 14, right, _options.Height - Margin);
        MapThumbnails? thumbnails = pictures is null || _options.Thumbnails == 0 ? null
            : MapThumbnails.For(_map.Points, _options, _colors, area);
        MapFrame frame = thumbnails?.Frame ?? MapFrame.Of(_map.Points, area, room: 8);
        using SKFont title = new(SKTypeface.Default, TitleSize), text = new(SKTypeface.Default, TextSize);
        using SKPaint ink = new() { Color = new SKColor(0xFF202124), IsAntialias = true };
        canvas.DrawText(_options.Title ?? DefaultTitle(), Margin, Margin + TitleSize * 0.8f, SKTextAlign.Left, title, ink);
        DrawPoints(canvas, frame);
        MapDrawing drawing = thumbnails?.Draw(canvas, _map.Points, pictures!) ?? new MapDrawing(0, []);
        if (hasLegend) DrawLegend(canvas, area.Right + Margin, area.Top, text, ink);
        return drawing;
    }

    private string DefaultTitle() => string.Create(CultureInfo.InvariantCulture,
        $"{_map.Points.Count:N0} pictures, {(_map.Settings.Method == MapMethod.Umap ? "UMAP" : "principal components")}")
        + (_map.Quality is { } quality
            ? string.Create(CultureInfo.InvariantCulture, $", trustworthiness {quality.Trustworthiness:0.000}") : "");

    private void DrawPoints(SKCanvas canvas, MapFrame frame)
    {
        float radius = Math.Clamp(120 / MathF.Sqrt(_map.Points.Count), 0.8f, 5);
        using SKPaint paint = new() { IsAntialias = true }, ring = Ring();
        for (int i = 0; i < _map.Points.Count; i++)
        {
            paint.Color = _colors.Color(_colors.Of[i]).WithAlpha(200);
            canvas.DrawCircle(frame.Place(_map.Points[i]), _map.Points[i].IsNew ? NewPoint * radius : radius, paint);
            if (_map.Points[i].IsNew) canvas.DrawCircle(frame.Place(_map.Points[i]), NewPoint * radius, ring);
        }
    }

    private void DrawLegend(SKCanvas canvas, float left, float top, SKFont font, SKPaint ink)
    {
        using SKPaint dot = new() { IsAntialias = true };
        int shown = Math.Min(_colors.Groups.Count, MostInLegend);
        ILookup<int, int> counts = _colors.Of.ToLookup(static group => group);
        for (int i = 0; i < shown; i++) Line(i, _colors.Color(i), $"{Shortened(_colors.Groups[i])} ({Counted(i)})");
        if (_colors.Range is { } range) shown = DrawScale(canvas, left, top, range, font, ink);
        if (_colors.Groups.Count > shown) Line(shown++, null, $"and {_colors.Groups.Count - shown + 1} more");
        else if (counts[-1].Any()) Line(shown++, MapColors.None, $"none ({Counted(-1)})");
        if (_map.Points.Count(static point => point.IsNew) is > 0 and int added)
        {
            using SKPaint ring = Ring();
            Line(shown, null, string.Create(CultureInfo.InvariantCulture, $"new on this map ({added:N0})"));
            canvas.DrawCircle(left + 6, top + shown * LegendStep + TextSize - 5, 5, ring);
        }

        string Counted(int group) => counts[group].Count().ToString("N0", CultureInfo.InvariantCulture);

        void Line(int at, SKColor? color, string words)
        {
            float y = top + at * LegendStep + TextSize;
            if (color is { } filled)
            {
                dot.Color = filled;
                canvas.DrawCircle(left + 6, y - 5, 6, dot);
            }
            canvas.DrawText(words, left + 20, y, SKTextAlign.Left, font, ink);
        }
    }

    // from the greatest number above to the least; returns the lines that it takes
    private int DrawScale(SKCanvas canvas, float left, float top, (double Least, double Most) range, SKFont font, SKPaint ink)
    {
        using SKPaint paint = new();
        const float Step = ScaleLines * LegendStep / MapColors.Steps;
        for (int step = 0; step < MapColors.Steps; step++)
        {
            paint.Color = _colors.Color(MapColors.Steps - 1 - step);
            canvas.DrawRect(SKRect.Create(left, top + step * Step, 18, Step + 0.5f), paint);
        }
        for (int mark = 0; mark <= ScaleMarks; mark++)
        {
            double number = range.Most - (range.Most - range.Least) * mark / ScaleMarks;
            float y = top + (ScaleLines * LegendStep - TextSize) * mark / ScaleMarks + TextSize - 2;
            canvas.DrawText(number.ToString("G4", CultureInfo.InvariantCulture), left + 26, y, SKTextAlign.Left, font, ink);
        }
        return ScaleLines + 1;
    }

    private static SKPaint Ring() =>
        new() { Color = new SKColor(0xFF202124), Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, IsAntialias = true };

    private static string Shortened(string name) => name.Length <= 22 ? name : $"{name[..21]}…";
}

/// <summary>What a drawing of a map came to.</summary>
/// <param name="Thumbnails">Pictures drawn at their places.</param>
/// <param name="Undrawn">Those that could not be read, or are not there.</param>
public sealed record MapDrawing(int Thumbnails, IReadOnlyList<UndrawnPicture> Undrawn);

/// <summary>A picture that could not be drawn.</summary>
/// <param name="Name">The picture.</param>
/// <param name="Reason">Why.</param>
public sealed record UndrawnPicture(string Name, string Reason);
