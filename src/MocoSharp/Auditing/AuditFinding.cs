namespace MocoSharp.Auditing;

/// <summary>Something odd.</summary>
/// <param name="Kind">Of which kind.</param>
/// <param name="Picture">The picture's name below its data set; null for a finding about a class.</param>
/// <param name="Label">The picture's class, or the class itself; null where there is none.</param>
/// <param name="Value">What was measured, in the unit that <see cref="AuditKinds.Measure"/> tells; null for an unreadable picture.</param>
/// <param name="Limit">What it is held against; null for an unreadable picture.</param>
/// <param name="LimitFrom">Where the limit comes from: "fixed", or how it follows from the set.</param>
/// <param name="Note">What else is to be said; empty for nothing.</param>
/// <param name="Others">Pictures that belong to it: the earlier one of a duplicate, the nearest ones of a label suspect.</param>
public sealed record AuditFinding(
    AuditKind Kind, string? Picture, string? Label, double? Value, double? Limit, string LimitFrom, string Note,
    IReadOnlyList<AuditOther> Others);

/// <summary>A picture that a finding about another one names.</summary>
/// <param name="Name">Its name below its data set.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="IsAgainst">Whether it is of the set that was compared with.</param>
public sealed record AuditOther(string Name, string? Label, bool IsAgainst = false);

/// <summary>How many readable pictures a class has.</summary>
/// <param name="Name">The class.</param>
/// <param name="Pictures">Those to learn from.</param>
/// <param name="TestPictures">Those to test on; 0 where the data set has no such part.</param>
public sealed record AuditClass(string Name, int Pictures, int TestPictures);

/// <summary>What an audit did not look at.</summary>
/// <param name="What">The kinds, and why.</param>
/// <param name="How">The commands that look at them.</param>
public sealed record NotAudited(string What, IReadOnlyList<string> How);
