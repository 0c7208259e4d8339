using System.CommandLine;
using MocoSharp.Charts;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco plot</c>: the course of trainings as a chart.</summary>
internal static class PlotCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string[]> runs = new("runs")
        {
            Description = "Folders of runs, one or more: several are drawn over each other.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The chart to write: .png or .svg.",
            HelpName = "file",
            DefaultValueFactory = static _ => "losses.png",
        };
        Option<int?> width = Options.AtLeastOne("--width", "pixels", "Default: 1000."),
            height = Options.AtLeastOne("--height", "pixels", "Default: 700.");
        Command command = new("plot", "Draw the loss of every update, and the kNN test by epochs.") { runs, output, width, height };
        command.SetAction(parse =>
        {
            string path = parse.GetRequiredValue(output);
            RunChart.Of(parse.GetRequiredValue(runs)).Save(path, parse.GetValue(width) ?? 1000, parse.GetValue(height) ?? 700);
            context.People.WriteLine($"Wrote {path}.");
            context.Result(new { file = Path.GetFullPath(path), runs = parse.GetRequiredValue(runs).Select(Path.GetFullPath) }, path);
            return ExitCode.Done;
        });
        return command;
    }
}
