using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco pack</c>: one file in place of a folder of pictures, fast to read.</summary>
internal static class PackCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> folder = new("dir")
        {
            Description = "The pictures: a folder as it is, one with train/ and test/, val/ or valid/ inside, or IDX or CIFAR files.",
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The file to make; give it to any command's --data.",
            HelpName = "file",
            Required = true,
        };
        Option<int?> size = Options.AtLeastOne("--size", "pixels",
            "Shrink pictures whose shorter side is longer. Default: keep all as they are.");
        Option<PackFormat?> format = Format();
        Option<int?> quality = Options.AtLeastOne("--quality", "1-100", "JPEG quality of pictures that are written anew. Default: 95.");
        Option<string> labels = Options.Labels();
        Option<double?> badShare = Options.Positive("--bad-share", "share",
            "The share of pictures that may be unreadable; they are left out and named. Default: 0.01.");
        Option<int?> workers = Options.AtLeastOne("--workers", "threads",
            "Threads that read and encode, no more than the processors. Default: all.");
        Option<string?> recipe = Recipe();
        Option<string[]> set = Options.Set();
        Option<bool> force = new("--force") { Description = "Replace a file of this name." };
        Command command = new("pack", "Put a data set's pictures into one file that is fast to read.")
        {
            folder, output, size, format, quality, labels, badShare, workers, recipe, set, force,
        };
        command.SetAction(parse =>
        {
            if (parse.GetValue(quality) is > 100 and int above)
                throw new UsageException($"--quality is {above}, and it takes 1 to 100", command);
            string[] changes = parse.GetRequiredValue(set);
            if (changes.Length > 0 && parse.GetValue(recipe) is null)
                throw new UsageException("--set changes a recipe, and none is named: add --recipe", command);
            DataSettings reading = parse.GetValue(recipe) is { } named
                ? Options.Load(context, named, changes).Recipe.Checked().Data : new DataSettings();
            PackOptions options = new();
            options = options with
            {
                Format = parse.GetValue(format) ?? options.Format,
                Size = parse.GetValue(size) ?? 0,
                Quality = parse.GetValue(quality) ?? options.Quality,
                Workers = ThreadChoice.Within(context, "--workers", parse.GetValue(workers)) ?? 0,
                MaximumBadShare = Math.Min(1, parse.GetValue(badShare) ?? options.MaximumBadShare),
            };
            return Run(context, parse.GetRequiredValue(folder), parse.GetRequiredValue(output),
                LabelsFrom.Parse(parse.GetRequiredValue(labels)), options, reading, parse.GetValue(force));
        });
        return command;
    }

    private static Option<PackFormat?> Format() => Options.Choice<PackFormat>("--format",
        "raw: fastest to read. jpeg: a tenth of the room; JPEG files that need not shrink are taken as they are. Default: raw.");

    private static Option<string?> Recipe() => new("--recipe")
    {
        Description = "Read pictures as this recipe's data section says: background, range, channels. Default: as RGB.",
        HelpName = "recipe",
    };

    private static int Run(CommandContext context, string folder, string file, LabelsFrom labels, PackOptions options,
        DataSettings reading, bool replace)
    {
        using DataSplits splits = DataSets.Open(folder, new SourceOptions { Labels = labels });
        foreach (string note in ReadingNotes.Of(splits.Train, reading)) context.People.WriteLine(note);
        options = options with { Reading = reading.For(splits.Train).Request() };
        LiveLine live = new(context.People, context.Terminal.Time);
        long start = context.Terminal.Time.GetTimestamp();
        PackProgress? last = null;
        try
        {
            PackResult result = Packer.Run(splits, file, options, Show, replace, context.Cancel);
            live.Clear();
            TimeSpan taken = context.Terminal.Time.GetElapsedTime(start);
            double rate = (last!.Total - last.Resumed) / Math.Max(taken.TotalSeconds, 1e-3);
            foreach (string bad in result.LeftOut) context.People.WriteLine($"left out: {bad}");
            string parts = splits.Test is null ? ""
                : $" ({Numbers.Count(splits.Train.Count)} to train, {Numbers.Count(splits.Test.Count)} to test)";
            context.People.WriteLine(
                $"Wrote {file}: {Numbers.Plural(result.Pictures, "picture", "pictures")}{parts}, {Numbers.Bytes(result.Bytes)}, in "
                + $"{Numbers.Time(taken)}.");
            context.Result(new
            {
                file = Path.GetFullPath(file),
                pictures = result.Pictures,
                bytes = result.Bytes,
                left_out = result.LeftOut,
                resumed = last.Resumed,
                seconds = taken.TotalSeconds,
                images_per_second = rate,
            }, file);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            live.Clear();
            context.Terminal.Error.Profile.Out.Writer.WriteLine(
                $"{Numbers.Count(last?.Done ?? 0)} pictures are in {file}.partial; the same command goes on.");
            throw;
        }
        finally
        {
            live.Clear();
        }

        void Show(PackProgress progress)
        {
            if (last is null && progress.Resumed > 0)
                context.People.WriteLine($"Going on after {Numbers.Plural(progress.Resumed, "picture", "pictures")} of an earlier start.");
            last = progress;
            double share = (double)progress.Done / progress.Total, seconds = context.Terminal.Time.GetElapsedTime(start).TotalSeconds,
                rate = (progress.Done - progress.Resumed) / Math.Max(seconds, 1e-3);
            live.Show(() => [$"{Bar.Of(share)} {Numbers.Share(share)}",
                $"{Numbers.Count(progress.Done)} of {Numbers.Count(progress.Total)}",
                $"{rate.ToString("N0", CultureInfo.InvariantCulture)} pictures/s",
                $"{Numbers.Time(TimeSpan.FromSeconds(rate > 0 ? (progress.Total - progress.Done) / rate : 0))} left",
                    Numbers.Bytes(progress.Bytes)]);
        }
    }
}
