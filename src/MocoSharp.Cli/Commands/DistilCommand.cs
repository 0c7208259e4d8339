using System.CommandLine;
using System.Globalization;
using MocoSharp.Methods;
using MocoSharp.Methods.Distillation;
using MocoSharp.Recipes;
using MocoSharp.Teachers;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco distil</c>: teach an encoder what another network makes of the same pictures.</summary>
internal static class DistilCommand
{
    private const string OnnxPrefix = "onnx:", UsualMethod = "seed", LabelMethod = "soft-labels";

    internal static Command Create(CommandContext context)
    {
        Option<string[]> teacher = new("--teacher")
        {
            Description = "Whom to learn from: a run's folder, an encoder.safetensors, or onnx:FILE. Several onnx:FILE run one behind the "
                + "other, pre-processing first.",
            HelpName = "run|file|onnx:file",
            Required = true,
        };
        Option<string?> student = new("--student") { Description = "The encoder that learns. Default: the recipe's.", HelpName = "name" };
        Option<string[]> data = Options.DataOften("The pictures; labels are not needed. As in 'moco train'.");
        data.Required = true;
        Option<string> run = new("--run") { Description = "The student's folder: new or empty.", HelpName = "dir", Required = true };
        string[] methods = [.. MethodRegistry.OptionTypes.Where(static one => one.Value.IsAssignableTo(typeof(ITaughtOptions)))
            .Select(static one => one.Key)];
        Option<string?> by = Options.Parsed<string>("--by", string.Join('|', methods),
            "What of the teacher is learned: its similarities (seed, compress), its features (feature-regression), or its labels "
            + "(soft-labels). Default: seed; soft-labels with --head.", string.Join(", ", methods),
            text => methods.Contains(text) ? text : null);
        Option<string?> head = new("--head")
        {
            Description =
                "A classifier that 'moco eval … --save-head NAME' has kept with the teacher's run: its probabilities are learned.",
            HelpName = "name",
        };
        Option<string?> recipe = new("--recipe")
        {
            Description = "A recipe's name, or the path of a recipe file. Default: METHOD-photos.",
            HelpName = "recipe",
        };
        FromOptions from = new("Begin with the encoder of this run or file in place of random weights.");
        PictureInput seen = new("--teacher", "Of an ONNX teacher");
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count", "Passes over the pictures. Default: the recipe's.");
        Option<ulong?> seed = Options.Seed("The source of all randomness. Default: the recipe's.");
        Option<int?> stopAfter = Options.StopAfter(), threads = Options.TrainingThreads();
        Option<string> labels = Options.Labels();
        Option<string?> test = Options.Test(), board = Options.TensorBoard();
        Option<string[]> set = Options.Set();
        Command command = new("distil",
            "Teach an encoder what a larger one, or one of another program, makes of the same pictures; they need no labels.")
        {
            teacher, student, data, run, by, head, recipe, from.Path, from.AdaptChannels, test, labels, epochs, stopAfter, seed, threads,
            board, set,
        };
        seen.AddTo(command);
        command.Aliases.Add("distill");
        command.SetAction(async (parse, _) =>
        {
            string method = parse.GetValue(by) ?? (parse.GetValue(head) is null ? UsualMethod : LabelMethod);
            List<string> assignments = [.. parse.GetRequiredValue(set)];
            if (parse.GetValue(student) is { } name) assignments.Add($"encoder.name={name}");
            if (parse.GetValue(epochs) is { } count) assignments.Add($"training.epochs={count.ToString(CultureInfo.InvariantCulture)}");
            if (parse.GetValue(seed) is { } number) assignments.Add($"training.seed={number.ToString(CultureInfo.InvariantCulture)}");
            RecipeFile file = Options.Load(context, parse.GetValue(recipe) ?? $"{method}-photos", assignments);
            TrainingPictures pictures = new(parse.GetRequiredValue(data), parse.GetValue(test), parse.GetRequiredValue(labels));
            ThreadChoice.Use(context, parse.GetValue(threads));
            using Teacher whom = Open(parse.GetRequiredValue(teacher), parse.GetValue(head), seen.Of(parse), command);
            return await TrainingWork.RunAsync(context, parse, board, parse.GetValue(threads), progress => Distiller.TrainAsync(file,
                pictures, parse.GetRequiredValue(run), whom, progress, Options.Stop(parse.GetValue(stopAfter), steps: null),
                from.Of(parse), context.Terminal.Time, context.Cancel));
        });
        return command;
    }

    private static Teacher Open(string[] names, string? head, OnnxTeacherOptions options, Command command)
    {
        string[] files = [.. names.Where(static name => name.StartsWith(OnnxPrefix, StringComparison.Ordinal))
            .Select(static name => name[OnnxPrefix.Length..])];
        if (files.Length == names.Length && head is null) return new OnnxTeacher(files, options);
        if (files.Length > 0 || names.Length > 1)
            throw new UsageException(head is null ? "several teachers are given, and only ONNX files run one behind the other"
                : "--head names a classifier of a run, and the teacher is an ONNX file: take its own logits with --by soft-labels",
                command);
        if (options != new OnnxTeacherOptions())
            throw new UsageException("--teacher-size and the like are for ONNX files: a run knows what its encoder expects to see",
                command);
        return Teacher.Of(names[0], head);
    }
}
