using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco summary</c>: what a recipe's network is made of.</summary>
internal static class SummaryCommand
{
    private const int DefaultPictures = 50_000;

    internal static Command Create(CommandContext context)
    {
        Argument<string> recipe = Options.Recipe();
        Option<int?> pictures = Options.AtLeastOne("--pictures", "count",
            "Training pictures, for methods that remember each. Default: 50000.");
        Option<string[]> set = Options.Set();
        Command command = new("summary", "Print a recipe's network: layers, shapes, weights and work for one picture.")
        {
            recipe, pictures, set,
        };
        command.SetAction(parse =>
        {
            Recipe loaded = Options.Load(context, parse.GetRequiredValue(recipe), parse.GetRequiredValue(set)).Recipe.Checked();
            MethodSummary summary = MethodSummary.Of(loaded, parse.GetValue(pictures) ?? DefaultPictures);
            Write(context.People, summary);
            context.Result(summary);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole people, MethodSummary summary)
    {
        Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        table.AddColumns("layer", "kind", "output", "weights", "MFLOP");
        foreach (LayerSummary layer in summary.Layers)
            table.AddRow(new Text(layer.Name), new Text(layer.Kind), new Text(string.Join(" x ", layer.Output)),
                new Text(Numbers.Count(layer.Parameters)), new Text(Millions(layer.Flops)));
        people.Write(table);
        people.WriteLine();
        people.WriteLine(
            $"{summary.Recipe}: one view of {string.Join(" x ", summary.Input)} (channels first) takes {Millions(summary.Flops)} MFLOP "
            + $"forwards");
        people.WriteLine($"  encoder      {Numbers.Count(summary.EncoderParameters)} weights");
        people.WriteLine($"  trained      {Numbers.Count(summary.TrainedParameters)} weights");
        if (summary.UnlistedParameters > 0)
            people.WriteLine(
            $"  not listed   {Numbers.Count(summary.UnlistedParameters)} of them: what only the loss needs, and other views' networks");
        people.WriteLine(
            $"  checkpoint   {Numbers.Count(summary.StateNumbers)} numbers: momentum networks, queues, banks and statistics too");
    }

    private static string Millions(long flops) => (flops / 1e6).ToString(flops >= 1e8 ? "F0" : "F2", CultureInfo.InvariantCulture);
}
