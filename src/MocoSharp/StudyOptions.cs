namespace MocoSharp;

/// <summary>How closely a run's features are looked at.</summary>
/// <param name="Pictures">Pictures at most, drawn from the test pictures, or from those to learn from where there are none.</param>
/// <param name="Queries">Pictures whose neighbors are shown.</param>
/// <param name="Neighbors">Neighbors of each.</param>
/// <param name="HasMap">Whether a map is made.</param>
/// <param name="Seed">Chooses the pictures.</param>
public sealed record StudyOptions(
    [Bounds(2, 20_000)] int Pictures = 2000, [Bounds(0, 1000)] int Queries = 10, [Bounds(1, 100)] int Neighbors = 8, bool HasMap = true,
    ulong Seed = 1);
