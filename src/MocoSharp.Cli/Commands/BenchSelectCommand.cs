using System.CommandLine;
using System.Globalization;
using MocoSharp.Bench;
using MocoSharp.Cli.Output;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench select</c>: which rule of choosing pictures for labeling gives the best classifier.</summary>
internal static class BenchSelectCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<string> train = Options.Embeddings("--in", "The labeled pictures to choose from: a file that 'moco embed' wrote.");
        Option<string> test = Options.Embeddings("--test", "The labeled pictures to test on, embedded with the same encoder.");
        (train.Required, test.Required) = (true, true);
        Option<int[]> budgets = new("--budget")
        {
            Description = "Labels of each classifier; may be given often. Default: 100, 500 and 1000.",
            HelpName = "count",
            DefaultValueFactory = static _ => [100, 500, 1000],
            CustomParser = static result =>
            {
                int[] counts = [.. result.Tokens.Select(static token =>
                    int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value) ? value : 0)];
                if (counts.Any(static count => count < 2)) result.AddError("--budget takes a whole number of 2 or more");
                return counts;
            },
        };
        Option<int?> seeds = Options.AtLeastOne("--seeds", "count", "Choices of each rule. Default: 5.");
        Option<int?> threads = Options.Threads();
        Command command = new("select", "Compare the rules of 'moco select' by a linear classifier on what they choose.")
        {
            train, test, budgets, seeds, threads,
        };
        command.SetAction(parse =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            SelectBenchmarkOptions options = new(parse.GetRequiredValue(train), parse.GetRequiredValue(test),
                parse.GetRequiredValue(budgets), parse.GetValue(seeds) ?? 5);
            IReadOnlyList<SelectBenchmarkRow> rows = SelectBenchmark.Run(options, row => context.People.Profile.Out.Writer.WriteLine(
                $"{row.Rule}, {Numbers.Count(row.Labels)} labels of {Numbers.Plural(row.Classes, "class", "classes")}: "
                + Numbers.Percent(row.Mean) + (row.Spread is { } spread ? $" ± {Numbers.Fixed(spread)}" : "")), context.Cancel);
            context.Result(new { options.Train, options.Test, options.Seeds, rows });
            return ExitCode.Done;
        });
        return command;
    }
}
