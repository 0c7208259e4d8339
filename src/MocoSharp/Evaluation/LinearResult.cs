namespace MocoSharp.Evaluation;

/// <summary>The linear test's.</summary>
/// <inheritdoc cref="LabelTestResult"/>
public sealed record LinearResult(string Run, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results)
    : LabelTestResult(Run, "linear", Settings, Results);
