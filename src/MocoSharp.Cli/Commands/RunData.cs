using System.Security.Cryptography;
using System.Text;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary>Opens the pictures that a run was made with.</summary>
internal static class RunData
{
    /// <summary>The pictures that a run's tests are made on: those of its first path, and its own test pictures.</summary>
    /// <param name="run">What the run says of itself.</param>
    /// <param name="settings">How pictures are read.</param>
    /// <param name="data">Other pictures than the run's; null for these.</param>
    /// <param name="test">Other test pictures; null for the run's, or for those beside <paramref name="data"/>.</param>
    /// <param name="labels">Where labels come from; null for the run's.</param>
    internal static TrainingData Open(RunRecord run, DataSettings settings, string? data, string? test, string? labels = null) =>
        TrainingData.Open(data ?? Known(run).Data[0], test ?? (data is null ? Known(run).Test : null), settings,
            labels is null && data is not null && run.Environment?.Labels is null or "none" ? LabelsFrom.Auto : LabelsFrom.Parse(labels ?? run.Environment!.Labels));

    /// <summary>What tells results on other pictures or labels than the run's by their file's name: what they are called, and a hash of their whole paths. Empty for the run's own.</summary>
    internal static string FileSuffix(RunEnvironment? environment, TrainingData pictures)
    {
        string labels = (pictures.Labels ?? LabelsFrom.Auto).ToString();
        bool isData = pictures.Paths[0] != environment?.Data[0] || pictures.TestPath != environment.Test;
        if (!isData && labels == environment?.Labels) return "";
        string name = isData ? Path.GetFileName(Path.TrimEndingDirectorySeparator(pictures.Paths[0])) : Path.GetFileNameWithoutExtension(labels);
        string plain = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return $"-on-{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{pictures.Paths[0]}\0{pictures.TestPath}\0{labels}")))[..8]}";
    }

    /// <summary>All pictures that a run learns from.</summary>
    internal static TrainingData OpenAll(RunRecord run, DataSettings settings, IReadOnlyList<string> data, string? test, string? labels) =>
        TrainingData.Open(data.Count > 0 ? data : Known(run).Data, test ?? run.Environment?.Test, settings, LabelsFrom.Parse(labels ?? run.Environment?.Labels ?? "auto"));

    private static RunEnvironment Known(RunRecord run) => run.Environment ?? throw new MocoException(ErrorIds.NoRun, "where the run's pictures are is lost with its environment.json", at: run.Folder.Environment,
        fix: "name them with --data, and test pictures and labels with --test and --labels where the run had its own; or restore the file from a backup");
}
