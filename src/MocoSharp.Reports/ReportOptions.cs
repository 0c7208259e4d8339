namespace MocoSharp.Reports;

/// <summary>What goes into a report.</summary>
/// <param name="Data">Where the run's pictures are now, or others to look at; null for where they were.</param>
/// <param name="Study">How closely features are looked at; null for the usual.</param>
public sealed record ReportOptions(string? Data = null, StudyOptions? Study = null);
