using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Exchange;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco export</c>: an encoder as a file that other programs read.</summary>
internal static class ExportCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> model = new("encoder")
        {
            Description = "The folder of a run, or an encoder.safetensors, which says what its encoder expects to see of a picture.",
        };
        string[] formats = [.. Enum.GetValues<ExportFormat>().Select(EncoderExport.NameOf)];
        Option<ExportFormat?> format = Options.Parsed<ExportFormat?>("--to", string.Join('|', formats),
            "onnx: graph and weights. safetensors, npz: weights under the encoder's own names. torchvision, timm, detectron2: under "
            + "theirs.",
            string.Join(", ", formats), text => Array.IndexOf(formats, text) is >= 0 and var at ? (ExportFormat)at : null);
        format.Required = true;
        Option<string> output = new("--output", "-o")
        {
            Description = "The file to make: .onnx, .safetensors, .pth, .pkl or .npz, as the format has it.",
            HelpName = "file",
            Required = true,
        };
        Option<bool> half = new("--half") { Description = "Keep weights in float16: half of the file, and about three digits." };
        Option<bool> pixels = new("--pixels")
        {
            Description = "Of onnx: the graph takes bytes [N, H, W, C], cut to size, and normalizes them itself.",
        };
        Option<bool> force = new("--force") { Description = "Replace a file of this name." };
        Option<string?> checkpoint = Options.Checkpoint();
        Command command = new("export", "Write an encoder as a file that other programs read.")
        {
            model, format, output, half, pixels, force, checkpoint,
        };
        command.SetAction(parse =>
        {
            string file = parse.GetRequiredValue(output);
            NewFiles.Prepare(parse.GetValue(force), file);
            ExportResult result = EncoderExport.Write(parse.GetRequiredValue(model), file, new ExportOptions(
                parse.GetValue(format)!.Value, parse.GetValue(half), parse.GetValue(pixels), parse.GetValue(checkpoint)));
            TextWriter lines = context.People.Profile.Out.Writer;
            foreach (string note in result.Notes) lines.WriteLine($"note: {note}");
            lines.WriteLine($"{result.Encoder}, {Numbers.Count(result.Parameters)} weights, {Numbers.Count(result.Features)} numbers a "
                + $"picture: written to {file} ({Numbers.Count(result.Bytes)} bytes)");
            context.Result(result, file);
            return ExitCode.Done;
        });
        return command;
    }
}
