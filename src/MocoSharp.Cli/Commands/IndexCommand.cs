using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco index</c>: a graph beside a file of embeddings, so that searches need not look at every row.</summary>
internal static class IndexCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> file = new("file")
        {
            Description = "The embeddings, as 'moco embed' writes them: .npy, .parquet, .csv or .safetensors.",
        };
        Option<IndexPrecision?> precision = Options.Parsed<IndexPrecision?>("--precision", "fp32|int8",
            "As what the index holds numbers. int8 takes a quarter of the room. Default: fp32; what it has where there is one.",
            "fp32 or int8", static text => text switch
            {
                "fp32" => IndexPrecision.Fp32,
                "int8" => IndexPrecision.I8,
                _ => null,
            });
        Option<bool> rebuild = new("--rebuild") { Description = "Throw away the index that is there, and build another." };
        Option<int?> threads = Options.Threads();
        Command command = new("index",
            "Make an index of a file of embeddings, for searches in many rows; or bring the one that is there up to date.")
        {
            file, precision, rebuild, threads,
        };
        command.SetAction((parse, _) =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            return RunAsync(context, parse.GetRequiredValue(file), new IndexOptions(parse.GetValue(precision), parse.GetValue(rebuild)));
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string file, IndexOptions options)
    {
        IndexResult result;
        using (EmbeddingReporter reporter = new(context))
            result = await EmbeddingIndex.UpdateAsync(file, options, reporter, context.Terminal.Time, context.Cancel);
        TextWriter lines = context.People.Profile.Out.Writer;
        string passed = result.PassedOver == 0 ? ""
            : $"; {Numbers.Plural(result.PassedOver, "row", "rows")} without an embedding passed over";
        lines.WriteLine($"{Numbers.Plural(result.Rows, "row", "rows")} in the index, {Numbers.Count(result.Added)} of them new, "
            + $"{Numbers.Count(result.Removed)} removed{passed}");
        lines.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"It finds {Numbers.Share(result.Recall)} of the ten nearest ({result.Asked} rows asked, {result.Candidates} "
            + $"candidates and {result.QueryMilliseconds:0.00} ms each); {EmbeddingIndex.Name(result.Precision)}, "
            + $"{result.Bytes / 1e6:N1} MB, {result.Seconds:N1} s"));
        lines.WriteLine($"written to {result.Index}");
        context.Result(new
        {
            result.Index,
            result.Rows,
            result.Added,
            result.Removed,
            result.PassedOver,
            precision = EmbeddingIndex.Name(result.Precision),
            result.Bytes,
            result.Recall,
            result.Candidates,
            result.Asked,
            result.QueryMilliseconds,
            result.Seconds,
        }, result.Index);
        return ExitCode.Done;
    }
}
