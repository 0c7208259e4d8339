namespace MocoSharp.Evaluation;

/// <summary>The fine-tuning test's.</summary>
/// <inheritdoc cref="LabelTestResult"/>
public sealed record FineTuneResult(string Run, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results)
    : LabelTestResult(Run, "finetune", Settings, Results);
