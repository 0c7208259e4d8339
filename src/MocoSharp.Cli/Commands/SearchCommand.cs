using System.CommandLine;
using System.Globalization;
using System.Text;
using MocoSharp.Cli.Output;
using MocoSharp.Embeddings;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco search</c>: the pictures of a file of embeddings that are most like others.</summary>
internal static class SearchCommand
{
    private const int TopByDefault = 10, MostTables = 20;

    internal static Command Create(CommandContext context)
    {
        Argument<string> model = new("encoder")
        {
            Description = "The folder of a run, or an encoder.safetensors: what made the file.",
        };
        Argument<string[]> images = new("image")
        {
            Description = "The pictures to look for: files, or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> file = Options.Embeddings("--in",
            "The file to search, as 'moco embed' writes it: .npy, .parquet, .csv or .safetensors.");
        file.Required = true;
        Option<int?> top = Options.AtLeastOne("--top", "count", $"Hits a picture. Default: {TopByDefault}.");
        Option<bool> withItself = new("--with-itself")
        {
            Description = "Count a picture that is in the file among its own hits. Otherwise it comes before them, marked.",
        };
        Option<bool> exact = new("--exact") { Description = "Compare every row, though 'moco index' has made an index of the file." };
        Option<FeatureSpace?> layer = Options.Layer(
            "Which of the network's numbers the file holds. Default: what the file says; backbone where it says nothing.");
        Option<string?> data = Options.Data("The pictures that the file was made of, for the sheet: what 'moco embed --data' was given.");
        Option<string?> sheet = Options.Result("--output", "sheet.png",
            "A picture to write, with --data: a row for each picture that was looked for, then its hits. .png, .jpg or .webp.", "-o");
        Option<string?> csv = Options.Result("--csv", "file.csv",
            "A table to write: query, place (0: itself), row, name, label, similarity, itself.");
        Option<bool> force = new("--force") { Description = "Replace files of these names." };
        Option<string?> checkpoint = Options.Checkpoint();
        Option<string?> device = Options.Device($"{Options.TheRuns}; cpu for an encoder's file");
        Option<int?> threads = Options.Threads();
        Command command = new("search", "Find the pictures that are most like others, in a file of embeddings.")
        {
            model, images, file, top, withItself, exact, layer, data, sheet, csv, force, checkpoint, device, threads,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(sheet) is null) != (result.GetValue(data) is null))
                result.AddError("a sheet needs both -o, its name, and --data, the pictures that it shows");
        });
        command.SetAction((parse, _) =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            SearchOptions options = new(parse.GetValue(top) ?? TopByDefault, parse.GetValue(withItself), parse.GetValue(layer),
                parse.GetValue(device), parse.GetValue(checkpoint), parse.GetValue(exact));
            string? sheetFile = parse.GetValue(sheet), csvFile = parse.GetValue(csv);
            if (sheetFile is not null) ImageEncoder.RequireFormat(sheetFile);
            NewFiles.Prepare(parse.GetValue(force), sheetFile, csvFile);
            return RunAsync(context, reporter => PictureSearch.RunAsync(parse.GetRequiredValue(model), parse.GetRequiredValue(images),
                parse.GetRequiredValue(file), options, reporter, context.Cancel), parse.GetValue(data), sheetFile, csvFile);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Func<IProgress<RunProgress>, Task<SearchResult>> search, string? data,
        string? sheetFile, string? csvFile)
    {
        SearchResult result;
        using (EmbeddingReporter reporter = new(context)) result = await search(reporter);
        TextWriter lines = context.People.Profile.Out.Writer;
        Show(context.People, result);
        if (csvFile is not null) AtomicFile.Write(csvFile, Encoding.UTF8.GetBytes(Table(result)));
        int missing = 0;
        if (sheetFile is not null)
        {
            (Image sheet, missing) = PictureSearch.Sheet(result, data!);
            ImageEncoder.Save(sheet, sheetFile);
        }
        if (missing > 0) lines.WriteLine($"{Numbers.Plural(missing, "hit is", "hits are")} not on the sheet: no such picture in {data}");
        string[] files = [.. new[] { sheetFile, csvFile }.OfType<string>().Select(Path.GetFullPath)];
        foreach (string file in files) lines.WriteLine($"written to {file}");
        context.Result(new
        {
            result.Embeddings,
            result.Rows,
            result.Absent,
            result.Layer,
            result.Encoder,
            encoder_checked = result.IsChecked,
            index_recall = result.IndexRecall,
            result.Queries,
            result.Unreadable,
            not_on_sheet = missing,
            files,
        }, files.FirstOrDefault());
        return ExitCode.Done;
    }

    private static void Show(IAnsiConsole people, SearchResult result)
    {
        TextWriter lines = people.Profile.Out.Writer;
        foreach (SearchedPicture query in result.Queries.Take(MostTables))
        {
            lines.WriteLine(query.Query);
            Table table = Terminal.NewTable(people, [("", true), ("similarity", true), ("row", true), ("name", false), ("label", false)]);
            int place = 0;
            foreach (SearchHit hit in query.Hits)
                table.AddRow(new Text(hit.IsItself ? "itself" : Numbers.Count(++place)), new Text(Similarity(hit)),
                    new Text(Numbers.Count(hit.Row)), new Text(hit.Name ?? ""), new Text(hit.Label ?? ""));
            people.Write(table);
        }
        if (result.Queries.Count > MostTables)
            lines.WriteLine($"and the hits of {Numbers.Count(result.Queries.Count - MostTables)} more: --csv FILE writes all");
        foreach (UnreadablePicture bad in result.Unreadable) lines.WriteLine($"cannot read {bad.Name}: {bad.Reason}");
        string unreadable = result.Unreadable.Count == 0 ? ""
            : $"; {Numbers.Plural(result.Unreadable.Count, "picture", "pictures")} could not be read";
        string absent = result.Absent == 0 ? ""
            : $"; {Numbers.Plural(result.Absent, "row has", "rows have")} no embedding and "
            + $"{(result.Absent == 1 ? "was" : "were")} passed over";
        lines.WriteLine($"{Numbers.Plural(result.Queries.Count, "picture", "pictures")} compared with "
            + $"{Numbers.Plural(result.Rows, "row", "rows")} of {result.Embeddings}, layer {result.Layer}{absent}{unreadable}");
        if (result.IndexRecall is { } recall) lines.WriteLine(
            $"The index chose the rows to compare: it finds {Numbers.Share(recall)} of the ten nearest. --exact compares all.");
        else if (result.Rows >= PictureSearch.RowsThatPay) lines.WriteLine("'moco index' makes searches in so long a file faster.");
    }

    private static string Table(SearchResult result)
    {
        StringBuilder text = new("query,place,row,name,label,similarity,itself\n");
        foreach (SearchedPicture query in result.Queries)
        {
            int place = 0;
            foreach (SearchHit hit in query.Hits)
                text.Append(CultureInfo.InvariantCulture, $"{Csv.Field(query.Query)},{(hit.IsItself ? 0 : ++place)},{hit.Row},")
                    .Append(CultureInfo.InvariantCulture, $"{Csv.Field(hit.Name ?? "")},")
                    .Append(CultureInfo.InvariantCulture, $"{Csv.Field(hit.Label ?? "")},{Similarity(hit)},")
                    .Append(hit.IsItself ? "true\n" : "false\n");
        }
        return text.ToString();
    }

    private static string Similarity(SearchHit hit) => hit.Similarity.ToString("0.0000", CultureInfo.InvariantCulture);
}
