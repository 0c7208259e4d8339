using System.CommandLine;
using System.Text;
using MocoSharp.Cli.Output;
using MocoSharp.Features;
using MocoSharp.Runs;
using MocoSharp.Selection;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco select</c>: the pictures that are the most worth labeling.</summary>
internal static class SelectCommand
{
    private const int NamedMissing = 5;

    internal static Command Create(CommandContext context)
    {
        Option<string> file = Options.Embeddings("--in",
            "The pictures' file of embeddings, as 'moco embed' writes it: .npy, .parquet, .csv or .safetensors.");
        file.Required = true;
        Option<int?> budget = Options.AtLeastOne("--budget", "count", "How many pictures to choose.");
        budget.Required = true;
        Option<IReadOnlyList<SelectionShare>?> by = By();
        Option<string?> labeled = Options.Result("--labeled", "file.csv",
            "What is labeled already: a CSV file with the columns file and label. Rows without a label count as unlabeled.");
        Option<string?> head = Options.Result("--head", "file",
            "The classifier of 'uncertain': RUN/heads/NAME.safetensors, which 'moco eval linear RUN --save-head NAME' keeps.");
        Option<string?> below = Options.Result("--below", "folder/",
            "Choose only pictures whose names begin so. Default: train/ where the file has a part to test on; \"\" for all.");
        Option<ulong?> seed = Options.Seed("Of random choices and of the clusters' start. Default: 1.");
        Option<bool> known = new("--known") { Description = "Fill in the labels that the file of embeddings has, for experiments." };
        Option<FeatureSpace?> layer = Options.Layer("Which layer of a Parquet file that holds several. Default: the only one.");
        Option<string> output = new("--output", "-o")
        {
            Description = "The file to write: file, label, rule. Labeled pictures come first, then the chosen ones, whose labels are to be "
                + "filled in. '--label-file' reads it.",
            HelpName = "labels.csv",
            Required = true,
        };
        Option<bool> force = new("--force") { Description = "Replace a file of this name." };
        Command command = new("select", "Choose the pictures that are the most worth labeling.")
        {
            file, budget, by, labeled, head, below, seed, known, layer, output, force,
        };
        command.SetAction((parse, _) =>
        {
            string path = parse.GetRequiredValue(output);
            SelectionOptions options = new(parse.GetRequiredValue(budget)!.Value, parse.GetValue(by), parse.GetValue(labeled),
                parse.GetValue(head), parse.GetValue(below), parse.GetValue(seed) ?? 1, parse.GetValue(known), parse.GetValue(layer));
            NewFiles.Prepare(parse.GetValue(force), path);
            return RunAsync(context, parse.GetRequiredValue(file), options, path);
        });
        return command;
    }

    private static Option<IReadOnlyList<SelectionShare>?> By() => Options.Parsed<IReadOnlyList<SelectionShare>>("--by", "rule[,rule]",
        "k-center: far from each other and from the labeled ones. typical: the densest of each cluster. uncertain: those that a kept "
        + "classifier tells apart least. novel: least like the labeled ones. random. Several split the budget, 'typical:3,random:1' in "
        + "these parts. Default: typical.", $"{string.Join(", ", SelectionShare.Names)}, each once, with commas between",
        SelectionShare.Parse);

    private static async Task<int> RunAsync(CommandContext context, string file, SelectionOptions options, string path)
    {
        SelectionResult result;
        using (EmbeddingReporter reporter = new(context))
            result = await PictureSelection.RunAsync(file, options, reporter, context.Cancel);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(PictureSelection.Table(result)));
        TextWriter lines = context.People.Profile.Out.Writer;
        foreach (string line in Lines(result)) lines.WriteLine(line);
        lines.WriteLine($"written to {Path.GetFullPath(path)}");
        if (result.Chosen.Any(static one => one.Label is null))
            lines.WriteLine($"fill in the column label, then: moco eval linear RUN --label-file {CommandText.Quoted(path)}");
        context.Result(new
        {
            file = Path.GetFullPath(path),
            embeddings = result.Embeddings,
            chosen = result.Chosen.Select(static one => new
            {
                one.Name,
                one.Row,
                rule = SelectionShare.Name(one.Rule),
                one.Score,
                one.Label,
            }),
            labeled = result.Labeled.Count,
            result.Candidates,
            result.Absent,
            result.Below,
            not_below = result.NotBelow,
            result.Unfilled,
            not_in_file = result.NotInFile,
            without_label = result.WithoutLabel,
            options.Seed,
        }, path);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(SelectionResult result)
    {
        string rules = string.Join(", ", result.Chosen.CountBy(static one => one.Rule)
            .Select(static one => $"{Numbers.Count(one.Value)} {SelectionShare.Name(one.Key)}"));
        yield return $"{Numbers.Plural(result.Chosen.Count, "picture", "pictures")} of {Numbers.Count(result.Candidates)} chosen: {rules}; "
            + $"{Numbers.Count(result.Labeled.Count)} labeled before";
        if (result.NotInFile.Count > 0)
            yield return $"{Numbers.Plural(result.NotInFile.Count, "labeled name has", "labeled names have")} no embedding: "
                + string.Join(", ", result.NotInFile.Take(NamedMissing)) + (result.NotInFile.Count > NamedMissing ? ", …" : "");
        if (result.Unfilled > 0) yield return
            $"{Numbers.Plural(result.Unfilled, "row", "rows")} of the label file without a label: counted as unlabeled";
        if (result.NotBelow > 0) yield return
            $"{Numbers.Plural(result.NotBelow, "picture is", "pictures are")} not below {result.Below} and cannot be "
            + "chosen (--below \"\" takes all)";
        if (result.Absent > 0) yield return $"{Numbers.Plural(result.Absent, "picture has", "pictures have")} no embedding";
        if (result.WithoutLabel > 0) yield return
            $"{Numbers.Plural(result.WithoutLabel, "chosen picture has", "chosen pictures have")} no label in the file of embeddings";
    }
}
