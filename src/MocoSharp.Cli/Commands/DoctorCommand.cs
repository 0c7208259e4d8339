using System.CommandLine;
using MocoSharp.Cli.Diagnostics;
using MocoSharp.Cli.Output;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco doctor</c>: what this machine can do, what is slow, and how to fix it.</summary>
internal static class DoctorCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<bool> kernels = new("--kernels")
        {
            Description = "List which kernel runs which convolution, as measured on this machine and kept.",
        };
        Option<bool> clear = new("--clear-kernels")
        {
            Description = "Forget these choices: they are measured anew at their next use, and may come out otherwise.",
        };
        Command command = new("doctor", "Say what this machine can do, what slows it down, and how to fix that.") { kernels, clear };
        command.SetAction(parse =>
        {
            if (parse.GetValue(clear)) return KernelReport.Clear(context);
            if (parse.GetValue(kernels)) return KernelReport.Write(context);
            List<Finding> findings = [.. MachineChecks.Run(), .. DecoderChecks.Run(), .. TorchChecks.Run()];
            if (findings.TrueForAll(static finding => finding.Topic != "libtorch" || finding.Verdict != Verdict.Bad))
                findings.AddRange(SpeedChecks.Run(context.Terminal.Time));
            Write(context.People, findings);
            bool works = findings.TrueForAll(static finding => finding.Verdict != Verdict.Bad);
            context.Result(new
            {
                version = RunEnvironment.ProgramVersion,
                works,
                findings = findings.Select(static f =>
                    new { topic = f.Topic, verdict = f.Verdict.ToString().ToLowerInvariant(), text = f.Text, fix = f.Fix }),
            });
            return works ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Write(IAnsiConsole people, List<Finding> findings)
    {
        people.WriteLine($"moco {RunEnvironment.ProgramVersion}");
        int width = findings.Max(static finding => finding.Topic.Length);
        foreach (Finding finding in findings)
        {
            (string mark, Color color) = finding.Verdict switch
            {
                Verdict.Good => ("✓", Color.Green),
                Verdict.Slow => ("!", Color.Yellow),
                _ => ("✗", Color.Red),
            };
            people.Write(new Text($"  {mark} ", new Style(color)));
            people.WriteLine($"{finding.Topic.PadRight(width)}  {finding.Text}");
            if (finding.Fix is not null) people.WriteLine($"    {new string(' ', width)}  fix: {finding.Fix}");
        }
        int slow = findings.Count(static finding => finding.Verdict == Verdict.Slow),
            bad = findings.Count(static finding => finding.Verdict == Verdict.Bad);
        people.WriteLine(bad > 0 ? $"{Numbers.Plural(bad, "thing does", "things do")} not work; see above how to fix that."
            : slow > 0 ? $"All works; {Numbers.Plural(slow, "thing is", "things are")} slower than could be." : "All is well.");
    }
}
