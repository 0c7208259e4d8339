using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Torch;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco classify</c>: labels a folder with a classifier that a test has kept.</summary>
internal static class ClassifyCommand
{
    private const int NamedUnreadable = 20;

    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("The pictures to label: a folder, or IDX or CIFAR files. Their own labels are not looked at.");
        data.Required = true;
        Option<string> head = new("--head")
        {
            Description = "A classifier that 'moco eval linear' or 'finetune' kept with --save-head: its name, or its file.",
            HelpName = "name",
            Required = true,
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The file to write: file, label, status, best, confidence, and a probability a class.",
            HelpName = "file.csv",
            DefaultValueFactory = static _ => "labels.csv",
        };
        Option<double?> precision = Options.Precision(
            "Leave pictures unlabeled below the threshold at which this share of held-out labels was right. Default: what the classifier "
            + "was kept with.");
        Option<double?> threshold = Options.Parsed<double?>("--threshold", "p",
            "Leave pictures unlabeled whose likeliest class is less probable. 0 labels all.", "a number from 0 to 1",
            static text => double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture,
            out double value) && value is >= 0 and <= 1 ? value : null);
        Option<string?> checkpoint = Options.Checkpoint();
        Option<string?> device = Options.Device(Options.TheRuns);
        Option<int?> threads = Options.Threads();
        Command command = new("classify", "Label a folder of pictures, with probabilities; unsure ones stay unlabeled.")
        {
            run, data, head, output, precision, threshold, checkpoint, device, threads,
        };
        command.SetAction(parse =>
        {
            Run opened = Run.Open(parse.GetRequiredValue(run), parse.GetValue(device), parse.GetValue(checkpoint));
            foreach (string note in opened.Notes) context.Warn(note);
            ThreadChoice.Use(context, parse.GetValue(threads));
            using TensorScope scope = TensorScope.Begin();
            SavedHead kept = SavedHead.Read(opened.Folder, parse.GetRequiredValue(head));
            CalibrationPoint? point = parse.GetValue(threshold) is null && (parse.GetValue(precision) ?? kept.Precision) is { } wanted
                ? Calibrated(kept, wanted) : null;
            double limit = parse.GetValue(threshold) ?? point?.Threshold ?? 0;
            using IImageSource source = ImageSources.Open(parse.GetRequiredValue(data)!, new SourceOptions { Labels = LabelsFrom.None });
            string path = parse.GetRequiredValue(output);
            using LabelFile file = new(path, kept.Head.Classes);
            LabelingCount counts = Label(context, opened, kept, source, limit, file);
            file.Finish();
            Write(context, path, counts, limit, point);
            return ExitCode.Done;
        });
        return command;
    }

    private static CalibrationPoint Calibrated(SavedHead kept, double precision) => kept.HeldOut?.At(precision)
        ?? throw new MocoException(ErrorIds.PrecisionNotReached,
        "the classifier was kept without held-out labels, so no threshold can be found",
            fix: "give one with --threshold, or fit the classifier with two labels a class or more");

    private static LabelingCount Label(CommandContext context, Run run, SavedHead kept, IImageSource source, double limit, LabelFile file)
    {
        using TestReporter reporter = new(context);
        int done = 0;
        return run.LabelAsync(kept, source, limit, picture =>
        {
            file.Add(picture);
            done++;
            reporter.Show(() => [$"{Numbers.Count(done)} of {Numbers.Plural(source.Count, "picture", "pictures")}"]);
        }, reporter, context.Cancel).GetAwaiter().GetResult();      // the classifier's tensors belong to this thread's scope
    }

    private static void Write(CommandContext context, string path, LabelingCount counts, double limit, CalibrationPoint? point)
    {
        TextWriter people = context.People.Profile.Out.Writer;
        foreach (string reason in counts.Reasons.Take(NamedUnreadable)) people.WriteLine($"cannot read {reason}");
        if (counts.Reasons.Count > NamedUnreadable)
            people.WriteLine($"and {Numbers.Count(counts.Reasons.Count - NamedUnreadable)} more: see the rows 'unreadable'");
        people.WriteLine(
            $"{Numbers.Plural(counts.Pictures, "picture", "pictures")}: {Numbers.Count(counts.Labeled)} labeled, "
            + $"{Numbers.Count(counts.Abstained)} too unsure, {Numbers.Count(counts.Unreadable)} unreadable; threshold "
            + $"{Numbers.Fixed(limit)}");
        if (point is not null) people.WriteLine(
            $"at this threshold {Numbers.Percent(100 * point.Precision)} of the held-out labels were right, and "
            + $"{Numbers.Percent(100 * point.Coverage)} were kept");
        people.WriteLine($"written to {path}");
        context.Result(new
        {
            file = Path.GetFullPath(path),
            pictures = counts.Pictures,
            labeled = counts.Labeled,
            unsure = counts.Abstained,
            unreadable = counts.Reasons,
            threshold = limit,
            held_out = point is null ? null : new { precision = point.Precision, coverage = point.Coverage },
        }, path);
    }
}
