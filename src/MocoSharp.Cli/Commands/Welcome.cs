using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary>What a person sees who types <c>moco</c> alone.</summary>
internal static class Welcome
{
    private static readonly (string Command, string What)[] s_first =
    [
        ("moco demo", "see it work: four minutes on pictures of clothes"),
        ("moco train photos --data DIR --run runs/mine", "learn from your own folder of pictures"),
        ("moco recipes", "all recipes, from small to large"),
        ("moco doctor", "what this machine can do, and what slows it down"),
    ];

    internal static int Show(CommandContext context)
    {
        IAnsiConsole people = context.People;
        people.MarkupLine("[bold]moco[/] learns image representations from pictures that nobody labeled.");
        people.WriteLine();
        foreach ((string command, string what) in s_first)
        {
            people.MarkupLineInterpolated($"  [bold]{command}[/]");
            people.MarkupLineInterpolated($"      {what}");
        }
        people.WriteLine();
        people.WriteLine("moco --help lists everything.");
        context.Result(new { first = s_first.Select(static step => new { command = step.Command, what = step.What }) });
        return ExitCode.Done;
    }
}
