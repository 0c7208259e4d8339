using System.Text.Json.Serialization;

namespace MocoSharp.Evaluation;

/// <summary>How sure a kept classifier was of labels that it had not learned from, and whether it was right.</summary>
/// <param name="Labels">Held-out labels.</param>
/// <param name="Precision">The precision that a threshold was asked for; null where none was.</param>
/// <param name="Threshold">The threshold that reaches it.</param>
/// <param name="Curve">What each threshold keeps, a hundred points at most.</param>
public sealed record Calibration(int Labels, double? Precision, double? Threshold, IReadOnlyList<CalibrationPoint> Curve)
{
    private const int MostPoints = 100;

    /// <summary>What the threshold keeps of the held-out labels; null where there is no threshold.</summary>
    [JsonIgnore]
    public CalibrationPoint? Reached { get; private init; }

    internal static Calibration Of(HeldOut heldOut, double? precision)
    {
        IReadOnlyList<CalibrationPoint> curve = heldOut.Curve();
        int every = Math.Max(1, curve.Count / MostPoints);
        CalibrationPoint? reached = precision is { } wanted ? heldOut.At(wanted) : null;
        return new(heldOut.Right.Length, precision, reached?.Threshold,
            [.. curve.Where((_, i) => i == curve.Count - 1 || i % every == 0)
                .Select(static p => new CalibrationPoint(Math.Round(p.Threshold, 4), Math.Round(p.Coverage, 4),
                Math.Round(p.Precision, 4)))])
        { Reached = reached };
    }
}
