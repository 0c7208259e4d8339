using System.CommandLine;
using System.Globalization;
using System.Text;
using MocoSharp.Auditing;
using MocoSharp.Cli.Output;
using MocoSharp.Features;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco audit</c>: what is wrong with a folder before anything is trained.</summary>
internal static class AuditCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> data = new("data") { Description = "The pictures: a folder, or what else 'moco embed --data' takes." };
        Option<string?> embeddings = Options.Result("--in", "file",
            "Their file of embeddings, as 'moco embed' writes it: near duplicates, label suspects and outliers are sought too.");
        Option<string?> against = Options.Result("--against", "dir", "Other pictures: also show what both sets have, as train and test.");
        Option<string?> againstFile = Options.Result("--against-in", "file", "Their file of embeddings, of the same encoder.");
        Option<FeatureSpace?> layer = Options.Layer("Which layer of Parquet files that hold several. Default: the only one.");
        Option<string?> labels = Options.Result("--label-file", "file.csv",
            "Labels: a CSV file with the columns file (a path below the folder) and label. Default: by folders.");
        Option<string?> output = Options.Result("--output", "gallery.html", "A page of what was found, with the pictures.", "-o");
        Option<string?> csv = Options.Result("--csv", "file.csv",
            "A table to write, a row a finding: kind, picture, label, value, limit, limit_from, note, others.");
        Option<bool> force = new("--force") { Description = "Replace files of these names." };
        Option<bool> fail = new("--fail") { Description = $"Return {ExitCode.Found} where something was found, for scripts; 0 otherwise." };
        LimitOptions limits = new();
        Command command = new("audit", "Find what is wrong with a folder of pictures before anything is trained. Changes nothing.")
        {
            data, embeddings, against, againstFile, layer, labels, output, csv, force, fail,
        };
        foreach (Option option in limits.All) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(againstFile) is not null && (result.GetValue(against) is null || result.GetValue(embeddings) is null))
                result.AddError("--against-in needs --against, the pictures that it is of, and --in, the embeddings to compare with");
        });
        command.SetAction((parse, _) =>
        {
            AuditedSet set = new(parse.GetRequiredValue(data), parse.GetValue(embeddings), parse.GetValue(labels), parse.GetValue(layer));
            AuditedSet? other = parse.GetValue(against) is { } dir
                ? new(dir, parse.GetValue(againstFile), Layer: parse.GetValue(layer)) : null;
            string? gallery = parse.GetValue(output), table = parse.GetValue(csv);
            NewFiles.Prepare(parse.GetValue(force), gallery, table);
            return RunAsync(context, set, other, limits.Read(parse), gallery, table, parse.GetValue(fail));
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, AuditedSet set, AuditedSet? against, AuditOptions options, string? gallery, string? csv, bool fail)
    {
        AuditResult result;
        using (EmbeddingReporter reporter = new(context))
            result = await PictureAudit.RunAsync(set, against, options, reporter, context.Cancel);
        AuditReport.Show(context.People, result);
        if (csv is not null) AtomicFile.Write(csv, Encoding.UTF8.GetBytes(AuditReport.Table(result)));
        if (gallery is not null) AtomicFile.Write(gallery, Encoding.UTF8.GetBytes(AuditGallery.Html(result)));
        string[] files = [.. new[] { gallery, csv }.OfType<string>().Select(Path.GetFullPath)];
        foreach (string file in files) context.People.Profile.Out.Writer.WriteLine($"written to {file}");
        context.Result(new
        {
            data = result.Set.Data,
            embeddings = result.Set.Embeddings,
            label_file = result.Set.LabelFile,
            against = result.Against?.Data,
            against_embeddings = result.Against?.Embeddings,
            result.Pictures,
            against_pictures = result.Against is null ? null : (int?)result.AgainstPictures,
            against_unreadable = result.Against is null ? null : (int?)result.AgainstUnreadable,
            limits = options,
            counts = result.Findings.CountBy(static one => AuditKinds.Name(one.Kind)).ToDictionary(),
            findings = result.Findings.Select(static one => new
            {
                kind = AuditKinds.Name(one.Kind),
                one.Picture,
                one.Label,
                one.Value,
                one.Limit,
                limit_from = one.LimitFrom,
                one.Note,
                one.Others,
            }),
            result.Classes,
            embedded = result.Embedded,
            not_audited = result.NotAudited,
            result.Notes,
            files,
        }, files.FirstOrDefault());
        return fail && result.Findings.Count > 0 ? ExitCode.Found : ExitCode.Done;
    }

    /// <summary>Limits that are a matter of taste.</summary>
    private sealed class LimitOptions
    {
        private static readonly AuditOptions s_usual = new();

        private readonly Option<double?> _spread = Options.Parsed<double?>("--spread", "number",
            $"Sizes, shapes and distances are odd beyond so many robust deviations from the median. Default: {s_usual.Spread}.",
            "a number of 1 or more", static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
                out double value) && value >= 1 && double.IsFinite(value) ? value : null);
        private readonly Option<int?> _neighbors = Options.Parsed<int?>("--neighbors", "k",
            $"Ask so many nearest pictures about a label and a distance. Default: {s_usual.Neighbors}.", "a whole number of 3 or more",
            static text => int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= 3 ? value : null);
        private readonly Option<double?> _share = Options.Parsed<double?>("--share", "share",
            "A label is suspect where this share of them has one other label. Default: "
            + $"{s_usual.Share.ToString(CultureInfo.InvariantCulture)}.", "a number above 0.5 and up to 1",
            static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && value is > 0.5 and <= 1 ? value : null);
        private readonly Option<int?> _few = Options.AtLeastOne("--few", "count",
            $"A class with fewer pictures is small. Default: {s_usual.Few}.");

        internal IEnumerable<Option> All => [_spread, _neighbors, _share, _few];

        internal AuditOptions Read(ParseResult parse) => new(parse.GetValue(_spread) ?? s_usual.Spread,
            parse.GetValue(_neighbors) ?? s_usual.Neighbors, parse.GetValue(_share) ?? s_usual.Share, parse.GetValue(_few) ?? s_usual.Few);
    }
}
