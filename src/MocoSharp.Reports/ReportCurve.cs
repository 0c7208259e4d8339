using MocoSharp.Charts;
using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>Something that was measured again and again during a training.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Unit">The values' unit; empty for none.</param>
/// <param name="Series">One or more; x counts epochs.</param>
/// <param name="Level">A value that the curve is compared with; null for none.</param>
/// <param name="LevelName">What that value is.</param>
public sealed record ReportCurve(
    string Title, string Unit, IReadOnlyList<CurveSeries> Series, double? Level = null, string? LevelName = null)
{
    /// <summary>All curves that a run can show.</summary>
    /// <param name="course">The run's.</param>
    /// <param name="chanceLoss">The loss when nothing is told apart; null for no such level.</param>
    internal static IReadOnlyList<ReportCurve> Of(RunCourse course, double? chanceLoss)
    {
        (double[] epochs, double[] losses) = course.Means();
        List<CurveSeries> ofLoss = [new(course.IsEveryUpdate ? "mean of some updates" : "mean of an epoch", epochs, losses)];
        if (SeriesOf(course, "test pictures", static line => line.ValidationLoss) is { } validation) ofLoss.Add(validation);
        List<ReportCurve> curves = [new("Loss", "nats", ofLoss, chanceLoss, "chance")];
        Add("kNN on the test pictures", "% right", static line => line.Knn);
        Add("Learning rate", "", static line => line.LearningRate);
        Add("Speed", "pictures a second", static line => line.ImagesPerSecond);
        foreach (string measure in course.Epochs.SelectMany(static line => line.Measures.Keys).Distinct())
            if (!measure.EndsWith("_fill", StringComparison.Ordinal))
                Add(measure.Replace('_', ' '), "", line => line.Measures.TryGetValue(measure, out double value) ? value : null);
        return curves;

        void Add(string title, string unit, Func<EpochMetrics, double?> value)
        {
            if (SeriesOf(course, title, value) is { } series) curves.Add(new ReportCurve(title, unit, [series]));
        }
    }

    private static CurveSeries? SeriesOf(RunCourse course, string name, Func<EpochMetrics, double?> value)
    {
        EpochMetrics[] known = [.. course.Epochs.Where(line => value(line) is not null)];
        return known.Length < 2 ? null        // one point is no curve
            : new CurveSeries(name, [.. known.Select(static line => (double)line.Epoch)], [.. known.Select(line => value(line)!.Value)]);
    }
}

/// <summary>One line of a curve.</summary>
/// <param name="Name">What it is.</param>
/// <param name="X">[N]: rising.</param>
/// <param name="Y">[N].</param>
public sealed record CurveSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);
