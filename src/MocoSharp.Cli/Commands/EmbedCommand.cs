using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Embeddings;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco embed</c>: a vector for each picture of a folder, in a file that other programs read.</summary>
internal static class EmbedCommand
{
    private const int NamedUnreadable = 20;

    internal static Command Create(CommandContext context)
    {
        Argument<string> model = new("encoder")
        {
            Description = "The folder of a run, or an encoder.safetensors, which says what its encoder expects to see of a picture.",
        };
        Option<string?> data = Options.Data(
            "The pictures: a folder as it is, one with train/ and test/, val/ or valid/ inside, a packed file, tar shards, or IDX "
            + "or CIFAR files.");
        data.Required = true;
        Option<string> output = new("--output", "-o")
        {
            Description = "The file to make. Its extension says the format: .npy, .parquet, .csv or .safetensors.",
            HelpName = "file",
            Required = true,
        };
        Option<FeatureSpace[]> layers = Layers();
        Option<Precision?> precision = Options.Parsed<Precision?>("--precision", "auto|fp32|bf16",
            "In which the network computes. auto: bf16 where it is faster. Default: the run's recipe's; auto for an encoder's file.",
            "auto, fp32 or bf16", static text => text switch
            {
                "auto" => Precision.Auto,
                "fp32" => Precision.Fp32,
                "bf16" => Precision.Bf16,
                _ => null,
            });
        Option<string> labels = Options.Labels();
        Option<bool> force = new("--force") { Description = "Replace files of this name, and what is unfinished of something else." };
        Option<string?> checkpoint = Options.Checkpoint();
        Option<string?> device = Options.Device($"{Options.TheRuns}; cpu for an encoder's file");
        Option<int?> threads = Options.Threads();
        Command command = new("embed",
            "Write the vector of each picture into a file. Stopped or killed, the same command goes on where it was.")
        {
            model, data, output, layers, precision, labels, force, checkpoint, device, threads,
        };
        command.SetAction((parse, _) =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            EmbedOptions options = new(parse.GetValue(layers), parse.GetValue(precision), parse.GetValue(device),
                parse.GetValue(checkpoint), LabelsFrom.Parse(parse.GetRequiredValue(labels)), parse.GetValue(force));
            return RunAsync(context, parse.GetRequiredValue(model), parse.GetRequiredValue(data)!, parse.GetRequiredValue(output),
                options);
        });
        return command;
    }

    private static Option<FeatureSpace[]> Layers() => new("--layer")
    {
        Description = "Which of the network's numbers; may be given often. backbone: the encoder's. A stage such as layer3: the mean over "
            + "its map. Of a run also head1, head2 … and projected. Default: backbone.",
        HelpName = "name",
        DefaultValueFactory = static _ => [],
        CustomParser = static result =>
        {
            string[] names = [.. result.Tokens.Select(static token => token.Value)];
            if (names.FirstOrDefault(static name => !name.All(char.IsAsciiLetterOrDigit)) is { } wrong)
                result.AddError($"--layer is '{wrong}', and it takes a name of letters and digits");
            if (names.Distinct().Count() < names.Length) result.AddError("--layer names a layer twice");
            return [.. names.Select(static name => new FeatureSpace(name))];
        },
    };

    private static async Task<int> RunAsync(CommandContext context, string model, string data, string file, EmbedOptions options)
    {
        using EmbeddingReporter reporter = new(context);
        try
        {
            EmbedResult result = await EmbeddingWriter.WriteAsync(model, data, file, options, reporter, context.Terminal.Time,
                context.Cancel);
            reporter.Dispose();
            Show(context, result);
            context.Result(result, result.Files[^1]);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            reporter.Dispose();
            context.Terminal.Error.Profile.Out.Writer.WriteLine(
                $"{Numbers.Plural(reporter.Done, "picture is", "pictures are")} in {file}.partial; the same command goes on.");
            throw;
        }
    }

    private static void Show(CommandContext context, EmbedResult result)
    {
        TextWriter lines = context.People.Profile.Out.Writer;
        foreach (UnreadablePicture bad in result.Unreadable.Take(NamedUnreadable))
            lines.WriteLine($"cannot read {bad.Name}: {bad.Reason}");
        if (result.Unreadable.Count > NamedUnreadable)
            lines.WriteLine($"and {Numbers.Count(result.Unreadable.Count - NamedUnreadable)} more: they are marked in the file");
        if (result.Knn is { } scores) ShowScores(context.People, scores);
        string layers = string.Join(", ", result.Layers.Select(static layer => $"{layer.Layer} {Numbers.Count(layer.Dimensions)}"));
        string unreadable = result.Unreadable.Count == 0 ? "" : $", {Numbers.Count(result.Unreadable.Count)} of them unreadable";
        lines.WriteLine($"{Numbers.Plural(result.Pictures, "picture", "pictures")}{unreadable}; numbers each: {layers}; "
            + $"{result.Precision}, {result.ImagesPerSecond.ToString("N0", CultureInfo.InvariantCulture)} pictures/s, "
            + $"{Numbers.Time(TimeSpan.FromSeconds(result.Seconds))}");
        foreach (string file in result.Files) lines.WriteLine($"written to {file}");
    }

    private static void ShowScores(IAnsiConsole people, LayerScores scores)
    {
        Table table = Terminal.NewTable(people, [("layer", false), ("numbers", true), ("kNN", true)]);
        foreach (LayerScore score in scores.Layers)
            table.AddRow(score.Layer, Numbers.Count(score.Dimensions), Numbers.Percent(score.Accuracy));
        people.Write(table);
        string tested = scores.IsHeldOut ? "a fifth of each class, held out" : "those of the test part";
        people.Profile.Out.Writer.WriteLine(
            $"kNN with k {scores.Neighbors} and temperature {Numbers.Rate(scores.Temperature)}: {Numbers.Count(scores.Tested)} pictures "
            + $"({tested}), named by {Numbers.Count(scores.Voting)} others"
            + (scores.LeftOut == 0 ? "" : $"; {Numbers.Count(scores.LeftOut)} labeled pictures are left out"));
    }
}
