using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Exchange.Inspection;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco inspect</c>: what is in a file of tensors.</summary>
internal static class InspectCommand
{
    private const int LongestText = 200;

    internal static Command Create(CommandContext context)
    {
        Argument<string> file = new("file")
        {
            Description = "A .safetensors, .npz, .npy or .onnx, or what torch.save wrote: .pt, .pth, .th, .tar. Nothing of it is run.",
        };
        Command command = new("inspect", "Print what is in a file of weights: names, shapes, types, statistics, and what it looks like.")
        {
            file,
        };
        command.SetAction(parse =>
        {
            InspectedFile found = InspectedFile.Of(parse.GetRequiredValue(file));
            Show(context.People, found);
            context.Result(found);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole people, InspectedFile found)
    {
        Table table = Terminal.NewTable(people, [("tensor", false), ("type", false), ("shape", false), ("least", true), ("most", true),
            ("mean", true), ("deviation", true), ("NaN", true)]);
        foreach (InspectedTensor tensor in found.Tensors)
            table.AddRow(Markup.Escape(Plain(tensor.Name)), Markup.Escape(Plain(tensor.Type)),
                Markup.Escape($"[{string.Join(", ", tensor.Shape)}]"), Number(tensor.Statistics?.Least), Number(tensor.Statistics?.Most),
                Number(tensor.Statistics?.Mean), Number(tensor.Statistics?.Deviation),
                tensor.Statistics is { } statistics ? Numbers.Count(statistics.NotANumber) : "");
        people.Write(table);
        TextWriter lines = people.Profile.Out.Writer;
        foreach ((string name, string text) in found.Texts)
            lines.WriteLine(Plain($"{name}: {(text.Length > LongestText ? text[..LongestText] + " …" : text)}"));
        lines.WriteLine($"{found.Format}, {Numbers.Plural(found.Tensors.Count, "tensor", "tensors")}, {Numbers.Count(found.Numbers)} "
            + $"numbers, {Numbers.Count(found.NotANumber)} of them NaN, {Numbers.Count(found.Bytes)} bytes");
        lines.WriteLine(found.Architecture is { } encoder ? Plain($"looks like {encoder}") : "looks like no encoder that is known here");
    }

    // what a file says must not steer the terminal
    private static string Plain(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '·' : c));

    private static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";
}
