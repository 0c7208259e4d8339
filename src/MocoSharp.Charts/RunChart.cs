using MocoSharp.Runs;
using ScottPlot;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>The course of one training, or of several over each other: the loss of every update above, the kNN test below.</summary>
public sealed class RunChart
{
    private const float FontSize = 14;
    private readonly IReadOnlyList<RunCourse> _courses;

    private RunChart(IReadOnlyList<RunCourse> courses) => _courses = courses;

    /// <summary>Reads what runs keep of their course. Runs of versions that did not keep the loss of every update show that of each
    /// epoch.</summary>
    /// <param name="folders">Folders of runs, one or more.</param>
    /// <exception cref="MocoException">MS4003: no run is there. MS4009: its metrics are damaged. MS4014: it has not learned anything
    /// yet.</exception>
    public static RunChart Of(IReadOnlyList<string> folders) =>
        new([.. folders.Select(static folder => RunCourse.Read(new RunFolder(folder)))]);

    /// <summary>Draws it.</summary>
    /// <param name="path">A .png or .svg file.</param>
    /// <param name="width">In pixels, 200 or more.</param>
    /// <param name="height">In pixels, 200 or more.</param>
    /// <exception cref="OptionException">The file is of another kind, or the size is out of range.</exception>
    /// <exception cref="MocoException">MS4015: there is no font to write with.</exception>
    public void Save(string path, int width = 1000, int height = 700)
    {
        OptionException.Require(width is >= 200 and <= 20_000, nameof(width), width, "a number from 200 to 20000");
        OptionException.Require(height is >= 200 and <= 20_000, nameof(height), height, "a number from 200 to 20000");
        ChartFont.Require();
        Multiplot chart = new();
        bool tested = _courses.Any(static course => course.Knn.Count > 0);
        chart.AddPlots(tested ? 2 : 1);
        DrawLosses(chart.GetPlot(0));
        if (tested) DrawTests(chart.GetPlot(1));
        Action<string> save = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => file => chart.SavePng(file, width, height),
            ".SVG" => file => WriteSvg(chart, file, width, height),
            _ => throw new OptionException("output", path, "and charts are .png or .svg files", fix: "end the name in .png or .svg"),
        };
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        save(path);
    }

    private static void WriteSvg(Multiplot chart, string file, int width, int height)
    {
        using FileStream stream = File.Create(file);
        SKRect bounds = new(0, 0, width, height);
        using SKCanvas canvas = SKSvgCanvas.Create(bounds, stream);
        chart.Render(canvas, new PixelRect(0, width, height, 0));
    }

    private void DrawLosses(Plot plot)
    {
        foreach (RunCourse course in _courses)
        {
            Color color = plot.Add.GetNextColor();
            (double[] x, double[] y) = course.Losses;
            if (course.IsEveryUpdate)
            {
                ScottPlot.Plottables.Scatter single = plot.Add.ScatterLine(x, y, color.WithAlpha(0.3));
                single.LineWidth = 1;
                (x, y) = course.Means();
            }
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y, color);
            (line.LineWidth, line.MarkerSize, line.LegendText) = (2, x.Length < 30 ? 5 : 0, course.Name);
        }
        string what = _courses.All(static course => course.IsEveryUpdate) ? "Loss of every update, and its running mean" : "Loss";
        Finish(plot, _courses.Count == 1 ? $"{_courses[0].Name}: {char.ToLowerInvariant(what[0])}{what[1..]}" : what, "loss, nats");
    }

    private void DrawTests(Plot plot)
    {
        foreach (RunCourse course in _courses)
        {
            Color color = plot.Add.GetNextColor();
            if (course.Knn.Count == 0) continue;
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(course.Knn.Select(static test => (double)test.Epoch).ToArray(),
                course.Knn.Select(static test => test.Percent).ToArray(), color);
            (line.LineWidth, line.MarkerSize, line.LegendText) = (2, 5, course.Name);
        }
        Finish(plot, "kNN on the test pictures", "top-1, %");
        double[] all = [.. _courses.SelectMany(static course => course.Knn).Select(static test => test.Percent)];
        double room = Math.Max(1, 0.08 * (all.Max() - all.Min()));
        plot.Axes.SetLimitsY(Math.Max(0, all.Min() - room), Math.Min(100, all.Max() + room) + 0.02 * room);       // no ticks above 100%
    }

    private void Finish(Plot plot, string title, string y)
    {
        plot.Title(title, FontSize + 2);
        plot.XLabel("epoch", FontSize);
        plot.YLabel(y, FontSize);
        plot.Axes.Margins(0.01, 0.08);
        if (_courses.Count > 1) plot.ShowLegend(Alignment.UpperRight);
        else plot.HideLegend();
    }
}
