using MocoSharp.Charts;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>Several runs side by side: what differs in their recipes, and what came of it.</summary>
/// <param name="Runs">Each run, in the order in which they were named.</param>
/// <param name="Warnings">What makes figures not comparable, a sentence each.</param>
/// <param name="Differences">Keys of the recipes that do not agree.</param>
/// <param name="Results">Figures side by side.</param>
/// <param name="Seeds">Runs that differ in nothing but their seed.</param>
/// <param name="Curves">Loss and kNN test over each other.</param>
/// <param name="Version">The program that compared.</param>
public sealed record RunComparison(
    IReadOnlyList<ComparedRun> Runs, IReadOnlyList<string> Warnings, IReadOnlyList<RecipeDisagreement> Differences,
    IReadOnlyList<ComparedResult> Results, IReadOnlyList<SeedGroup> Seeds, IReadOnlyList<ReportCurve> Curves, string Version)
{
    /// <summary>Reads runs and compares them. Nothing is computed anew.</summary>
    /// <param name="folders">Folders of runs, two or more, each once; a folder that is no run's stands for all runs below it, of which
    /// those that cannot be read are left out with a warning.</param>
    /// <exception cref="MocoException">MS5130: there are fewer than two, or one is named twice. MS4003: no run is there. MS4007: its recipe
    /// was changed. MS4009: its metrics are damaged. MS5223: no run is below a folder.</exception>
    public static RunComparison Of(IReadOnlyList<string> folders)
    {
        bool isFolder = folders.Any(static folder => Directory.Exists(folder) && !RunFinder.IsRun(folder));
        HashSet<string> named = [.. folders.Select(Whole)];
        string[] paths = [.. folders.SelectMany(static folder => Directory.Exists(folder) ? RunFinder.Below(folder) : [folder])
            .Select(Whole)];
        if (paths.Length < 2 && !isFolder || paths.Distinct().Count() < paths.Length)
            throw new MocoException(ErrorIds.NothingToCompare, paths.Length < 2 ? "a comparison needs two runs or more"
                : $"{paths.First(path => paths.Count(other => other == path) > 1)} is named more than once",
                fix: "name the folders of two runs or more, each once: moco compare RUN RUN; or a folder that runs lie in");
        List<string> warnings = [];
        OpenedRun[] opened = [.. paths.Zip(Names(paths), (path, name) => named.Contains(path) ? OpenedRun.Open(path, name, warnings.Add)
            : OpenedRun.OpenOrNull(path, name, warnings.Add)).OfType<OpenedRun>()];
        if (opened.Length == 0)
            throw new MocoException(ErrorIds.NoRunsBelow, "no run below the folder can be read", at: folders[0],
                fix: $"see what is wrong with one: moco report {CommandText.Quoted(paths[0])} -o report.html");
        ComparedRun[] runs = [.. Grouped(opened)];
        warnings.InsertRange(0, Concerns(runs));
        Recipe[] recipes = [.. opened.Select(static one => one.Run.Recipe)];
        IReadOnlyList<ComparedResult> results = ComparedResult.Of(opened, runs);
        return new RunComparison(runs, [.. warnings.Distinct()], RecipeDifference.Among(recipes), results,
            SeedGroup.Of(runs, recipes, results), [.. CurvesOf(opened)], RunEnvironment.ProgramVersion);
    }

    private static string Whole(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    // as much of the path as tells them apart
    private static string[] Names(string[] paths)
    {
        for (int parts = 1; ; parts++)
        {
            string[] names = [.. paths.Select(path => string.Join('/', path.Split('/')[^Math.Min(parts, path.Split('/').Length)..]))];
            if (names.Distinct().Count() == names.Length) return names;
        }
    }

    private static IEnumerable<ComparedRun> Grouped(OpenedRun[] opened)
    {
        List<string?> sets = [];
        foreach (OpenedRun one in opened)
        {
            // what is not known is like nothing else
            int set = one.Facts.Fingerprint is { } known ? sets.IndexOf(known) : -1;
            if (set < 0)
            {
                set = sets.Count;
                sets.Add(one.Facts.Fingerprint);
            }
            yield return new ComparedRun(one.Name, set, one.Facts);
        }
    }

    private static IEnumerable<string> Concerns(ComparedRun[] runs)
    {
        if (runs.Select(static run => run.DataSet).Distinct().Count() > 1)
            yield return "These runs learned from different pictures, so that their figures are not comparable, and the best is marked "
                + $"among those of the same pictures alone: {string.Join("; ", runs.GroupBy(static run => run.DataSet).Select(Source))}.";
        foreach (ComparedRun run in runs.Where(static run => run.Facts.State != RunState.Finished))
            yield return run.Facts.State == RunState.Training
                ? $"{run.Name} is being trained now, after {run.Facts.EpochsDone:N0} of {Verdicts.Plural(run.Facts.Epochs, "epoch")}."
                : $"{run.Name} stopped after {run.Facts.EpochsDone:N0} of {Verdicts.Plural(run.Facts.Epochs, "epoch")}.";
    }

    private static string Source(IGrouping<int, ComparedRun> set)
    {
        RunFacts facts = set.First().Facts;
        string pictures = facts.Fingerprint is null ? "pictures whose place is lost"
            : $"{Verdicts.Plural(facts.Pictures ?? 0, "picture")} of {string.Join(", ", facts.Data)}";
        return $"{string.Join(", ", set.Select(static run => run.Name))} from {pictures}";
    }

    private static IEnumerable<ReportCurve> CurvesOf(OpenedRun[] opened)
    {
        OpenedRun[] learned = [.. opened.Where(static one => one.Course is not null)];
        CurveSeries[] losses = [.. learned.Select(static one =>
            new CurveSeries(one.Name, one.Course!.Means().Epochs, one.Course.Means().Values))];
        if (losses.Length > 0) yield return new ReportCurve("Loss", "nats", losses);
        CurveSeries[] tests = [.. learned.Where(static one => one.Course!.Knn.Count > 0).Select(static one => new CurveSeries(one.Name,
            [.. one.Course!.Knn.Select(static test => (double)test.Epoch)], [.. one.Course.Knn.Select(static test => test.Percent)]))];
        if (tests.Length > 0) yield return new ReportCurve("kNN on the test pictures", "% right", tests);
    }
}

/// <summary>One of several runs.</summary>
/// <param name="Name">What tells it from the others: its folder's name, with as much of the path as is needed.</param>
/// <param name="DataSet">Runs with the same number learned from the same pictures.</param>
/// <param name="Facts">What it is and how far it came.</param>
public sealed record ComparedRun(string Name, int DataSet, RunFacts Facts);

/// <summary>A run with what a comparison reads of it.</summary>
internal sealed record OpenedRun(string Name, Run Run, RunFacts Facts, RunCourse? Course, IReadOnlyList<StoredEvaluation> Evaluations)
{
    /// <summary>As the other; null where the run cannot be read, which is told.</summary>
    internal static OpenedRun? OpenOrNull(string path, string name, Action<string> warned)
    {
        try
        {
            return Open(path, name, warned);
        }
        catch (MocoException error)
        {
            warned($"{name} is left out: {error.Message}");
            return null;
        }
    }

    internal static OpenedRun Open(string path, string name, Action<string> warned)
    {
        Run run = Run.Open(path);
        foreach (string note in run.Notes) warned($"{name}: {note}");
        RunCourse? course = RunCourse.ReadOrNull(run.Folder);
        return new OpenedRun(name, run, RunFacts.Of(run, course) with { Name = name }, course,
            EvaluationFiles.Read(run.Folder, withPictures: false, warned));
    }
}
