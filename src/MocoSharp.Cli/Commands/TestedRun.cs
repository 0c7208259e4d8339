using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary>What tests of a run share: its folder, recipe and pictures, the line that tells what is done, and warnings.</summary>
internal sealed class TestedRun : IDisposable
{
    private readonly CommandContext _context;
    private readonly LiveLine _live;
    private readonly Warnings _warnings;

    private TestedRun(CommandContext context, RunFolder folder, string? data, string? test, string? device, int? threads)
    {
        RunRecord record = RunRecord.OpenTrained(folder, context.Warn).On(device);
        (_context, Folder) = (context, folder);
        _live = new LiveLine(context.People, context.Terminal.Time);
        _warnings = new Warnings(context.People, _live);
        Recipe = record.Recipe.Recipe;
        ThreadChoice.Use(context, threads);
        Pictures = RunData.Open(record, Recipe.Data, data, test);
        FileSuffix = RunData.FileSuffix(record.Environment, Pictures);
    }

    internal RunFolder Folder { get; }

    internal Recipe Recipe { get; }

    internal TrainingData Pictures { get; }

    /// <summary>What tells results on other pictures than the run's by their file's name; empty for the run's own.</summary>
    internal string FileSuffix { get; }

    internal static TestedRun Open(CommandContext context, ParseResult parse, Argument<string> run, Option<string?> data, Option<string?> test, Option<string?> device, Option<int?> threads) =>
        new(context, new RunFolder(parse.GetRequiredValue(run)), parse.GetValue(data), parse.GetValue(test), parse.GetValue(device), parse.GetValue(threads));

    /// <summary>Shows what is done now.</summary>
    internal void Doing(string what) => _live.Show(() => [$"{what} …"], now: true);

    internal void Warned(string text) => _warnings.Add(text);

    /// <summary>The precision that a classifier is to be kept with; null, and a warning, where no threshold reaches it: nothing that was learned is lost.</summary>
    internal double? Reachable(HeldOut? heldOut, double? precision)
    {
        if (precision is not { } wanted) return null;
        try
        {
            if (heldOut is not null)
            {
                _ = heldOut.At(wanted);
                return wanted;
            }
            Warned("no label could be held out, so the classifier is kept without a threshold");
        }
        catch (MocoException error) when (error.Id == ErrorIds.PrecisionNotReached)
        {
            Warned($"{error.Message}; the classifier is kept without a threshold");
        }
        return null;
    }

    /// <summary>Writes the report and the one JSON document.</summary>
    internal int Finish(LabelTestReport report)
    {
        _live.Clear();
        _context.Result(report.Write(_context.People, Folder), Folder.Evaluations);
        return ExitCode.Done;
    }

    public void Dispose()
    {
        _live.Clear();
        Pictures.Dispose();
    }
}
