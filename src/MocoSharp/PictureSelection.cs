using System.Text;
using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;
using MocoSharp.Selection;

namespace MocoSharp;

/// <summary>Chooses the pictures that are the most worth labeling. The same seed gives the same choice at any number of threads.</summary>
/// <remarks>Memory holds the embeddings once, as float32.</remarks>
public static class PictureSelection
{
    /// <summary>Chooses.</summary>
    /// <param name="embeddings">The pictures' file, as <see cref="EmbeddingsFile.Open"/> takes it, with names.</param>
    /// <param name="options">How many, by which rules, and what is labeled already.</param>
    /// <param name="progress">Told what is next.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MocoException">MS5101: the file is damaged. MS5106: it has no names. MS5120: it cannot be chosen as asked: too few
    /// pictures are unlabeled, or a rule lacks labels or a classifier. MS5121: the label file names none of the pictures. MS5006, MS5007:
    /// the classifier is none, or is not of these embeddings.</exception>
    /// <exception cref="ImagingException">MS3024: the label file cannot be read.</exception>
    /// <exception cref="OptionException">An option is out of range.</exception>
    public static Task<SelectionResult> RunAsync(
        string embeddings, SelectionOptions options, IProgress<RunProgress>? progress = null, CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Choose(embeddings, options.Checked(), progress, cancel), cancel);

    /// <summary>A table that <c>--label-file</c> reads: file, label, rule. Labeled pictures come first, then the chosen ones with an empty
    /// label, or the one that was filled in.</summary>
    /// <param name="result">A selection's.</param>
    public static string Table(SelectionResult result)
    {
        StringBuilder text = new("file,label,rule\n");
        foreach (LabeledName one in result.Labeled) text.Append(Csv.Field(one.Name)).Append(',').Append(Csv.Field(one.Label)).Append(",\n");
        foreach (SelectedPicture one in result.Chosen)
            text.Append(Csv.Field(one.Name)).Append(',').Append(Csv.Field(one.Label ?? "")).Append(',')
                .Append(SelectionShare.Name(one.Rule)).Append('\n');
        return text.ToString();
    }

    private static SelectionResult Choose(
        string embeddings, SelectionOptions options, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(embeddings, options.Layer?.Name);
        IReadOnlyList<LabelRow> told = options.LabelFile is { } path ? LabelRows.Read(path) : [];
        SelectionTask task = SelectionTask.Of(file, options, told);
        LinearHead? head = options.Head is { } kept ? SelectionHead.Read(kept, file) : null;
        progress.Doing($"choosing among {task.Candidates.Count:N0} pictures");
        SelectedPicture[] chosen = [.. task.Choose(head, progress, cancel).Select(one => new SelectedPicture(file.Names![one.Row], one.Row,
            one.Rule, one.Score, options.FillKnown ? file.Labels?[one.Row] : null))];
        return new SelectionResult(Path.GetFullPath(embeddings), chosen,
            [.. told.Where(static row => row.Label.Length > 0).Select(static row => new LabeledName(row.File, row.Label))],
            task.Candidates.Count, file.Count - file.PresentCount, task.NotBelow, told.Count(static row => row.Label.Length == 0),
            task.NotInFile, task.Below, options.FillKnown ? chosen.Count(static one => one.Label is null) : 0);
    }
}
