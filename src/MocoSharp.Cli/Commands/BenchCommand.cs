using System.CommandLine;
using System.Globalization;
using MocoSharp.Bench;
using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench</c>: how fast this machine trains.</summary>
internal static class BenchCommand
{
    internal static Command Create(CommandContext context) =>
        new("bench", "Time the parts of a training on this machine.")
        {
            Step(context), BenchPipelineCommand.Create(context), BenchAugmentCommand.Create(context), BenchKnnCommand.Create(context),
            BenchSelectCommand.Create(context),
        };

    private static Command Step(CommandContext context)
    {
        Option<string> encoder = new("--encoder")
        {
            Description = "A registered encoder.",
            HelpName = "name",
            DefaultValueFactory = static _ => "resnet18-small",
        };
        encoder.Validators.Add(static result =>
        {
            if (!EncoderRegistry.Names.Contains(result.GetValueOrDefault<string>()))
                result.AddError($"--encoder takes one of {string.Join(", ", EncoderRegistry.Names)}.");
        });
        Option<int?> image = Options.AtLeastOne("--image", "pixels", "Side of the pictures. Default: 32.");
        Option<int?> batch = Options.AtLeastOne("--batch", "pictures", "Pictures a step. Default: 256.");
        Option<int?> queue = Options.AtLeastOne("--queue", "keys", "Keys in the queue. Default: 4096.");
        Option<int?> steps = Options.AtLeastOne("--steps", "count", "Timed steps. Default: 10.");
        Option<Precision?> precision = Options.Parsed<Precision?>("--precision", "type",
            "Number type of activations: auto, bf16 or fp32. Default: auto.", "auto, bf16 or fp32",
            static text => Enum.TryParse(text, ignoreCase: true, out Precision value) && Enum.IsDefined(value)
            && !char.IsAsciiDigit(text[0]) ? value : null);
        Option<bool> library = Options.LibraryKernels();
        Option<string?> kernelFile = Options.KernelFile();
        Option<string?> record = new("--record")
        {
            Description =
                "Write the starting weights, the queue and the noise to a safetensors file: another program can then do the same steps. "
                + "Each step turns the noise further.",
            HelpName = "file",
        };
        Option<bool> layers = new("--layers") { Description = "Time each shape of convolution by itself, in all directions." };
        Option<string?> data = Options.Data(
            "Real pictures: a folder, or a file that 'moco pack' made. Default: the same noise in every step, which needs no loading.");
        Option<string> recipe = new("--recipe")
        {
            Description = "The recipe whose views are made of --data, at --image pixels.",
            HelpName = "recipe",
            DefaultValueFactory = static _ => "moco-v2-imagenet",
        };
        Option<int?> threads = Options.TrainingThreads();
        Command command = new("step", "Time the MoCo v2 step on synthetic or real pictures.")
        {
            encoder, image, batch, queue, steps, precision, data, recipe, library, kernelFile, record, layers, threads,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is not null && result.GetValue(record) is not null)
                result.AddError("--record needs the synthetic pictures: leave --data out");
        });
        command.SetAction(parse =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            using ConvolutionChoice kernels = new(parse.GetValue(library) ? ConvolutionChoice.Library : null);
            if (parse.GetValue(kernelFile) is { } choices) KernelCache.Use(choices);
            int side = parse.GetValue(image) ?? 32;
            Recipe views = RecipeFile.Load(parse.GetRequiredValue(recipe), []).Recipe;
            using TrainingData? pictures = parse.GetValue(data) is { } path ? TrainingData.Open(path, testPath: null, views.Data) : null;
            StepBenchmarkOptions options = new(parse.GetRequiredValue(encoder), side, parse.GetValue(batch) ?? 256,
                parse.GetValue(precision) ?? Precision.Auto, parse.GetValue(queue) ?? 4096, parse.GetValue(steps) ?? 10,
                Record: parse.GetValue(record), Layers: parse.GetValue(layers),
                Data: pictures is null ? null : new StepBenchmarkData(pictures.Train, BenchmarkPictures.AtSize(views.ViewRecipe(), side),
                views.Data.Color));
            StepBenchmarkResult result = StepBenchmark.Run(options, TimeProvider.System, context.Cancel);
            Show(context.People, result, options.Steps);
            context.Result(result);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole people, StepBenchmarkResult result, int steps)
    {
        string spread = $"{result.SlowestImagesPerSecond:f1} to {result.FastestImagesPerSecond:f1}";
        people.MarkupLineInterpolated(
            $"[bold]{result.ImagesPerSecond:f1}[/] images/s (median of {steps} steps; {spread})");
        people.WriteLine($"computed in {result.Precision} on {Output.Numbers.Plural(result.Threads, "thread", "threads")}");
        people.WriteLine(
            $"memory: {result.PeakResidentMegabytes:f0} MB of the process at most in these steps "
            + $"({result.PeakResidentBeforeMegabytes:f0} MB before them), {result.PeakMegabytes:f0} MB of tensors, "
            + $"{result.MinorFaultsPerStep:f0} page faults a step");
        foreach ((string part, double milliseconds) in result.Milliseconds)
            people.MarkupLineInterpolated($"  {part.Replace('_', ' '),-24} {milliseconds,8:f1} ms");
        double ceiling = result.Precision == "bf16" ? result.CeilingBf16 : result.CeilingFp32;
        people.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"convolutions: {result.Gflops:f0} GFLOP/s{(ceiling > 0 ? $", {result.Gflops / ceiling:p0} of the ceiling" : "")}; this "
            + $"machine multiplies {result.CeilingBf16:f0} GFLOP/s in bf16 and {result.CeilingFp32:f0} in fp32 at best"));
        if (result.Layers is { } shapes) people.Write(LayerTable(shapes));
    }

    /// <summary>A row a shape: milliseconds, GFLOP/s and share of the ceiling by direction.</summary>
    private static Table LayerTable(IReadOnlyList<ConvolutionSpeed> shapes)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("convolution", "layers", "forward", "input gradient", "weight gradient");
        static string Cell(DirectionSpeed? speed) => speed is null ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{speed.Milliseconds:f1} ms, {speed.Gflops:f0} ({speed.CeilingShare:p0})");
        foreach (ConvolutionSpeed s in shapes)
            table.AddRow(Markup.Escape(s.Shape), s.Count.ToString(CultureInfo.InvariantCulture), Cell(s.Forward), Cell(s.InputGradient),
                Cell(s.WeightGradient));
        return table;
    }
}
