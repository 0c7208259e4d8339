using System.Security.Cryptography;
using System.Text;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Opens the pictures that a run is tested on: those of its first path, and its own test pictures, unless others are
/// named.</summary>
internal static class TestedData
{
    internal static TrainingData Open(RunRecord run, TestPictures pictures)
    {
        DataSettings settings = run.Recipe.Recipe.Data;
        string path = pictures.Data ?? run.Known().Data[0];
        string? test = pictures.Test ?? (pictures.Data is null ? run.Known().Test : null);
        LabelsFrom labels = pictures.LabelFile is { } file ? LabelsFrom.Parse(file)
            : pictures.Data is not null && run.Environment?.Labels is null or "none" ? LabelsFrom.Auto
            : LabelsFrom.Parse(run.Known().Labels);
        LabelsFrom? testLabels = pictures.TestLabelFile is { } testFile ? LabelsFrom.Csv(testFile) : null;
        return TrainingData.Open([path], test ?? (testLabels is null ? null : path), settings, labels, testLabels);
    }

    /// <summary>What tells results on other pictures or labels than the run's by their file's name: what they are called, and a hash of
    /// their complete paths; and those of an earlier checkpoint by its update. Empty for the run's own pictures and newest
    /// weights.</summary>
    internal static string Suffix(RunRecord run, TrainingData data) =>
        Pictures(run.Environment, data) + (run.Folder.Step is { } step ? $"-at-{step}" : "");

    private static string Pictures(RunEnvironment? environment, TrainingData data)
    {
        string labels = (data.Labels ?? LabelsFrom.Auto).ToString();
        bool isData = data.Paths[0] != environment?.Data[0] || data.TestPath != environment.Test && data.TestLabels is null;
        if (!isData && labels == environment?.Labels && data.TestLabels is null) return "";
        string name = isData ? Path.GetFileName(Path.TrimEndingDirectorySeparator(data.Paths[0]))
            : Path.GetFileNameWithoutExtension(labels);
        string places = $"{data.Paths[0]}\0{data.TestPath}\0{labels}{(data.TestLabels is null ? "" : $"\0{data.TestLabels}")}";
        return $"-on-{Told(name, places)}";
    }

    /// <summary>The same for folders of masks; empty where none is named.</summary>
    internal static string MaskSuffix(string? masks, string? testMasks)
    {
        if (masks is null) return "";
        string whole = Path.GetFullPath(masks), places = testMasks is null ? whole : $"{whole}\0{Path.GetFullPath(testMasks)}";
        return $"-masks-{Told(Path.GetFileName(Path.TrimEndingDirectorySeparator(whole)), places)}";
    }

    private static string Told(string name, string places)
    {
        string plain = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return $"{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(places)))[..8]}";
    }

    /// <summary>Labeled pictures alone, and some to test on: those that are labeled as such, or every fifth that is held out.</summary>
    /// <returns>Views of the data that was opened, which is to be closed.</returns>
    internal static TrainingData WithTest(TrainingData data, TestPictures pictures)
    {
        bool isOwn = pictures.LabelFile is null && pictures.TestLabelFile is null;
        if (data.Labeled.Classes.Count == 0 || isOwn && data.CanTest) return data;
        int[] known = Known(data.Labeled);
        if (data.Test is { Classes.Count: > 0 } test)
        {
            int[] tested = Known(test);
            if (data.TestPath == data.Paths[0])         // the same folder twice: what is tested is not learned from
            {
                HashSet<string> names = [.. tested.Select(test.Name)];
                known = [.. known.Where(i => !names.Contains(data.Labeled.Name(i)))];
            }
            if (tested.Length > 0 && known.Length == 0)
                throw new MocoException(ErrorIds.NoLabels, "every labeled picture is one to test on, so there is none to learn from",
                    at: pictures.TestLabelFile ?? data.Paths[0],
                    fix: "name test labels of other pictures with --test-label-file, or leave it out: a fifth is then held out");
            return tested.Length == 0 || known.Length == 0 ? data : data with
            {
                Labeled = data.Labeled.Take(known),
                Test = test.Take(tested),
            };
        }
        int[] labels = [.. Enumerable.Range(0, data.Labeled.Count).Select(data.Labeled.Label)],
            held = StratifiedRows.Fifth(labels, data.Labeled.Classes.Count);
        if (held.Length == 0) return data;
        return data with
        {
            Labeled = data.Labeled.Take([.. known.Except(held)]),
            Test = data.Labeled.Take(held),
            Notes =
            [
                .. data.Notes,
                $"no test pictures are labeled, so {held.Length:N0} of the {known.Length:N0} labeled pictures, a fifth of each class, "
                    + "are kept to test on: the same ones each time",
            ],
        };
    }

    private static int[] Known(IImageSource source) => [.. Enumerable.Range(0, source.Count).Where(i => source.Label(i) >= 0)];
}
