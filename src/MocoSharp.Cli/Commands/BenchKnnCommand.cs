using System.CommandLine;
using System.Globalization;
using MocoSharp.Bench;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench knn</c>: how fast the kNN test is.</summary>
internal static class BenchKnnCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<int?> bank = Options.AtLeastOne("--bank", "rows", "Rows that vote. Default: 50000.");
        Option<int?> queries = Options.AtLeastOne("--queries", "rows", "Rows to name. Default: 10000.");
        Option<int?> dimensions = Options.AtLeastOne("--dimensions", "count", "Numbers a row. Default: 512.");
        Option<int?> neighbors = Options.AtLeastOne("--neighbors", "k", "Rows that vote on each. Default: 200.");
        neighbors.Aliases.Add("--neighbours");
        Option<int?> repeats = Options.AtLeastOne("--repeats", "count", "Timed runs. Default: 5.");
        Option<string?> save = new("--save")
        {
            Description = "Leave the features in a file, for another program to work on the same.",
            HelpName = "file",
        };
        Option<int?> threads = Options.Threads();
        Command command = new("knn", "Time the kNN test on features that are made for it.")
        {
            bank, queries, dimensions, neighbors, repeats, save, threads,
        };
        command.SetAction(parse =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            KnnBenchmarkOptions options = new();
            options = new KnnBenchmarkOptions(parse.GetValue(bank) ?? options.Bank, parse.GetValue(queries) ?? options.Queries,
                parse.GetValue(dimensions) ?? options.Dimensions,
                parse.GetValue(neighbors) ?? options.Neighbors, parse.GetValue(repeats) ?? options.Repeats);
            KnnBenchmarkResult result = KnnBenchmark.Run(options, context.Terminal.Time, parse.GetValue(save), context.Cancel);
            context.People.MarkupLine(string.Create(CultureInfo.InvariantCulture,
                $"[bold]{result.Seconds:f2}[/] s for {options.Queries:N0} rows against {options.Bank:N0} of {options.Dimensions} "
                + $"dimensions (median of {options.Repeats}); {result.ImagesPerSecond:f0} images/s ({result.SlowestImagesPerSecond:f0} "
                + $"to {result.FastestImagesPerSecond:f0}), {result.Threads} threads, peak {result.PeakMegabytes:f0} MB; top-1 "
                + $"{result.Accuracy:p2}"));
            context.Result(result);
            return ExitCode.Done;
        });
        return command;
    }
}
