using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Reports;
using MocoSharp.Reports.Html;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco report</c>: all that is known of a run, as one HTML page.</summary>
internal static class ReportCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("Where the run's pictures are now, or others to look at. Default: where they were.");
        Option<string> output = new("--output", "-o")
        {
            Description = "The page to write: one file that needs no network and no other file.",
            HelpName = "file.html",
            DefaultValueFactory = static _ => "report.html",
        };
        Option<int?> pictures = Options.AtLeastOne("--pictures", "count",
            $"Look at the features of so many pictures at most. Default: {new StudyOptions().Pictures}.");
        Option<bool> force = new("--force") { Description = "Replace a file of this name." };
        Option<int?> threads = Options.Threads();
        Command command = new("report", "Write all that is known of a run into one HTML page: curves, features, map, neighbors, tests.")
        {
            run, data, output, pictures, force, threads,
        };
        command.SetAction((parse, _) =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            StudyOptions study = new();
            ReportOptions options = new(parse.GetValue(data), study with { Pictures = parse.GetValue(pictures) ?? study.Pictures });
            string path = parse.GetRequiredValue(output);
            NewFiles.Prepare(parse.GetValue(force), path);
            return RunAsync(context, parse.GetRequiredValue(run), options, path);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string folder, ReportOptions options, string path)
    {
        RunReport report;
        using (EmbeddingReporter reporter = new(context))
            report = await RunReport.OfAsync(Run.Open(folder), options, reporter, context.Cancel);
        ReportPage.Save(report, path);
        foreach (string warning in report.Warnings) context.Warn(warning);
        TextWriter lines = context.People.Profile.Out.Writer;
        foreach (MissingPart part in report.Missing)
            lines.WriteLine($"not shown: {part.Part}, for {part.Reason}" + (part.Command is { } command ? $"; to make it: {command}" : ""));
        context.People.WriteLine($"Wrote {path} ({Numbers.Bytes(new FileInfo(path).Length)}).");
        context.Result(new { file = Path.GetFullPath(path), report }, path);
        return ExitCode.Done;
    }
}
