using System.CommandLine;
using System.Globalization;
using System.Text;
using MocoSharp.Cli.Output;
using MocoSharp.Features;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco duplicates</c>: pictures that are the same, within a data set or between two.</summary>
internal static class DuplicatesCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<string?> file = Options.Result("--in", "file",
            "The pictures' file of embeddings, as 'moco embed' writes it: .npy, .parquet, .csv or .safetensors.");
        Option<string?> data = Options.Data("The pictures that the file was made of: what 'moco embed --data' was given.");
        data.Required = true;
        Option<string?> against = Options.Result("--against", "dir", "Other pictures: show only what both sets have, as train and test.");
        Option<string?> againstFile = Options.Result("--against-in", "file", "Their file of embeddings, of the same encoder.");
        Option<FeatureSpace?> layer = Options.Layer("Which layer of Parquet files that hold several. Default: the only one.");
        Option<double?> threshold = Options.Parsed<double?>("--threshold", "cosine",
            "Compare pixels of pairs whose cosine is as high or higher. Default: chosen on the data: down from the most alike until "
            + "twice as many pairs in a row as there are pictures, or 10,000, are not the same.", "a number from -1 to 1",
            static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && value is >= -1 and <= 1 ? value : null);
        Option<string?> output = Options.Result("--output", "gallery",
            "What to look at: .html, a page with all that is known, or .png, .jpg or .webp, a row for each group.", "-o");
        Option<string?> csv = Options.Result("--csv", "file.csv", "A table to write: group, first, second, why, similarity, correlation.");
        Option<bool> force = new("--force") { Description = "Replace files of these names." };
        Command command = new("duplicates", "Find pictures that are the same: equal, re-encoded, resized, mirrored, brighter or cropped.")
        {
            file, data, against, againstFile, layer, threshold, output, csv, force,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(against) is null) != (result.GetValue(againstFile) is null))
                result.AddError("another set needs both --against, its pictures, and --against-in, their embeddings: moco embed RUN "
                    + $"--data {CommandText.Quoted(result.GetValue(against) ?? "DIR")} -o FILE");
        });
        command.SetAction((parse, _) =>
        {
            string pictures = parse.GetRequiredValue(data)!;
            EmbeddedSet set = new(pictures, parse.GetValue(file) ?? throw new UsageException("--in, the file of embeddings, is missing",
                "make one, then give it with --in ('moco audit' finds equal pictures without one): moco embed RUN "
                + $"--data {CommandText.Quoted(pictures)} -o FILE"),
                parse.GetValue(layer));
            EmbeddedSet? other = parse.GetValue(against) is { } dir
                ? new(dir, parse.GetValue(againstFile)!, parse.GetValue(layer)) : null;
            string? gallery = parse.GetValue(output), table = parse.GetValue(csv);
            NewFiles.Prepare(parse.GetValue(force), gallery, table);
            return RunAsync(context, set, other, new DuplicateOptions(parse.GetValue(threshold)), gallery, table);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, EmbeddedSet set, EmbeddedSet? against, DuplicateOptions options, string? gallery, string? csv)
    {
        DuplicatesResult result;
        using (EmbeddingReporter reporter = new(context))
            result = await Duplicates.FindAsync(set, against, options, reporter, context.Cancel);
        DuplicatesReport.Show(context.People, result);
        if (csv is not null) AtomicFile.Write(csv, Encoding.UTF8.GetBytes(DuplicatesReport.Table(result)));
        string? shown = gallery is not null && Draw(result, gallery) ? gallery : null;
        TextWriter lines = context.People.Profile.Out.Writer;
        if (gallery is not null && shown is null) lines.WriteLine($"{gallery} is not written: there is no group to show");
        string[] files = [.. new[] { shown, csv }.OfType<string>().Select(Path.GetFullPath)];
        foreach (string file in files) lines.WriteLine($"written to {file}");
        context.Result(new
        {
            data = result.Set.Data,
            embeddings = result.Set.Embeddings,
            against = result.Against?.Data,
            against_embeddings = result.Against?.Embeddings,
            result.Groups,
            result.Pictures,
            result.Threshold,
            threshold_chosen = result.IsChosen,
            result.Correlation,
            result.Compared,
            result.Confirmed,
            between_groups = result.Between,
            result.LowestSame,
            result.Crowded,
            result.Flat,
            result.Absent,
            result.NotInData,
            result.NotInFile,
            result.Unreadable,
            files,
        }, files.FirstOrDefault());
        return ExitCode.Done;
    }

    /// <summary>A page also where nothing was found; no picture then.</summary>
    private static bool Draw(DuplicatesResult result, string path)
    {
        if (Path.GetExtension(path).Equals(".html", StringComparison.OrdinalIgnoreCase))
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(DuplicateGallery.Html(result)));
        else if (result.Groups.Count > 0)
            ImageEncoder.Save(DuplicateGallery.Sheet(result), path);
        else
            return false;
        return true;
    }
}
