using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>How sure a classifier was of labeled pictures that it had not learned from, and whether it was right.</summary>
/// <param name="Confidences">[n]: the likeliest class's probability, 0 to 1.</param>
/// <param name="Right">[n]: whether it was the picture's class.</param>
public sealed record HeldOut(float[] Confidences, bool[] Right)
{
    /// <summary>Takes the labeled rows of a test.</summary>
    internal static HeldOut Of(ClassificationResult result, ReadOnlySpan<int> labels)
    {
        List<float> confidences = [];
        List<bool> right = [];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0) continue;
            confidences.Add(result.Confidences[i]);
            right.Add(result.Predictions[i] == labels[i]);
        }
        return new HeldOut([.. confidences], [.. right]);
    }

    internal static HeldOut Join(IReadOnlyList<HeldOut> parts) =>
        new([.. parts.SelectMany(static p => p.Confidences)], [.. parts.SelectMany(static p => p.Right)]);

    /// <summary>What each threshold would have kept, from the most confident picture down; one point a different confidence.</summary>
    public IReadOnlyList<CalibrationPoint> Curve()
    {
        int[] order = [.. Enumerable.Range(0, Confidences.Length).OrderByDescending(i => Confidences[i])];
        List<CalibrationPoint> points = [];
        int right = 0;
        for (int i = 0; i < order.Length; i++)
        {
            right += Right[order[i]] ? 1 : 0;
            // a threshold keeps equal ones together
            if (i + 1 < order.Length && Confidences[order[i + 1]] == Confidences[order[i]]) continue;
            points.Add(new CalibrationPoint(Confidences[order[i]], (double)(i + 1) / order.Length, (double)right / (i + 1)));
        }
        return points;
    }

    /// <summary>The lowest threshold at which the kept pictures' labels are right as often as wished: it leaves the fewest
    /// unlabeled.</summary>
    /// <param name="precision">Above 0, up to 1.</param>
    /// <exception cref="MocoException">MS5008: no threshold reaches it.</exception>
    public CalibrationPoint At(double precision)
    {
        OptionException.Require(precision is > 0 and <= 1, nameof(precision), precision, "a number above 0 and up to 1");
        IReadOnlyList<CalibrationPoint> curve = Curve();
        if (curve.LastOrDefault(point => point.Precision >= precision) is { } found) return found;
        double best = curve.Count == 0 ? 0 : curve.Max(static point => point.Precision);
        throw new MocoException(ErrorIds.PrecisionNotReached,
            FormattableString.Invariant(
            $"no threshold makes {precision:0.####} of the {Confidences.Length} held-out labels right; the best reaches {best:0.###}"),
            fix: "ask for less, or give the classifier more labels or better features");
    }
}

/// <summary>What one threshold keeps of held-out pictures.</summary>
/// <param name="Threshold">Pictures at least this sure are kept.</param>
/// <param name="Coverage">Their share of all, 0 to 1.</param>
/// <param name="Precision">Share of right labels among them, 0 to 1.</param>
public sealed record CalibrationPoint(double Threshold, double Coverage, double Precision);
