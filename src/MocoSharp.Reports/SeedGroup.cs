using System.Text.Json.Serialization;
using MocoSharp.Recipes;

namespace MocoSharp.Reports;

/// <summary>Finished runs that differ in nothing but their seed, on the same pictures; of one seed the first.</summary>
/// <param name="Runs">Their names.</param>
/// <param name="Seeds">Their seeds.</param>
/// <param name="Figures">Each figure that all of them have.</param>
public sealed record SeedGroup(IReadOnlyList<string> Runs, IReadOnlyList<ulong> Seeds, IReadOnlyList<SeedFigure> Figures)
{
    internal static IReadOnlyList<SeedGroup> Of(
        IReadOnlyList<ComparedRun> runs, IReadOnlyList<Recipe> recipes, IReadOnlyList<ComparedResult> results) =>
    [
        .. Enumerable.Range(0, runs.Count).Where(at => runs[at].Facts.State == RunState.Finished)
            .DistinctBy(at => (runs[at].DataSet, RecipeFile.Fingerprint(recipes[at])))
            .GroupBy(at => (runs[at].DataSet, WithoutSeed(recipes[at])))
            .Where(static group => group.Count() > 1)
            .Select(group => new SeedGroup([.. group.Select(at => runs[at].Name)],
                [.. group.Select(at => runs[at].Facts.Seed)], [.. FiguresOf([.. group], results)])),
    ];

    private static string WithoutSeed(Recipe recipe) =>
        RecipeFile.Fingerprint(recipe with { Training = recipe.Training with { Seed = 1 } });

    private static IEnumerable<SeedFigure> FiguresOf(int[] group, IReadOnlyList<ComparedResult> results)
    {
        foreach (ComparedResult result in results.Where(static result => result.MoreIsBetter is not null))
        {
            double[] values = [.. group.Select(at => result.Cells[at].Value).OfType<double>()];
            if (values.Length < group.Length) continue;
            double mean = values.Average();
            yield return new SeedFigure(result.Name, result.Unit, mean,
                Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
        }
    }
}

/// <summary>A figure over several seeds.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit; empty for none.</param>
/// <param name="Mean">Over the seeds.</param>
/// <param name="Deviation">The standard deviation over the seeds, with N − 1 below the sum.</param>
public sealed record SeedFigure(string Name, string Unit, double Mean, double Deviation)
{
    /// <summary>The figure and its unit.</summary>
    [JsonIgnore]
    public string Heading => Unit.Length == 0 ? Name : $"{Name}, {Unit}";
}
