using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Sharding;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco shard</c>: tar shards of a data set, for many machines, and an index of shards that others made.</summary>
internal static class ShardCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> source = new("dir")
        {
            Description = "The pictures: whatever --data takes. With --index: the shards, as a folder or a list like train-{000..009}.tar.",
        };
        Option<string?> output = new("--output", "-o")
        {
            Description = "The folder that gets the shards and their index; give it to any command's --data.",
            HelpName = "folder",
        };
        Option<int?> size = Options.Within("--size", "MB", 1, 1_000_000, "Megabytes a shard. Default: 256.");
        Option<int?> count = Options.Within("--count", "pictures", 1, 1_000_000, "Pictures a shard, in place of --size.");
        Option<string> labels = Options.Labels();
        Option<double?> badShare = Options.Positive("--bad-share", "share",
            "The share of files that may be no pictures; they are left out and named. Default: 0.01.");
        Option<bool> index = new("--index")
        {
            Description = "Make no shards: read those that are there, and write their index beside them.",
        };
        Option<bool> force = new("--force") { Description = "Replace shards, or an index, that are there." };
        Command command = new("shard", "Put a data set's pictures into tar shards as WebDataset reads them, or index such shards.")
        {
            source, output, size, count, labels, badShare, index, force,
        };
        command.SetAction(parse =>
        {
            string from = parse.GetRequiredValue(source);
            string? folder = parse.GetValue(output);
            bool isIndex = parse.GetValue(index);
            if (isIndex && (folder ?? parse.GetValue(size)?.ToString() ?? parse.GetValue(count)?.ToString()) is not null)
                throw new UsageException("--index writes beside the shards, and takes no --output, --size or --count", command);
            if (!isIndex && folder is null)
                throw new UsageException("--output is missing: the folder that gets the shards", command);
            if (parse.GetValue(size) is not null && parse.GetValue(count) is not null)
                throw new UsageException("--size and --count both say where a shard ends: give one", command);
            ShardOptions options = new();
            options = options with
            {
                Megabytes = parse.GetValue(size) ?? options.Megabytes,
                Count = parse.GetValue(count) ?? 0,
                MaximumBadShare = Math.Min(1, parse.GetValue(badShare) ?? options.MaximumBadShare),
            };
            return isIndex ? Index(context, from, parse.GetValue(force))
                : Make(context, from, folder!, LabelsFrom.Parse(parse.GetRequiredValue(labels)), options, parse.GetValue(force));
        });
        return command;
    }

    private static int Make(CommandContext context, string source, string folder, LabelsFrom labels, ShardOptions options, bool replace)
    {
        using DataSplits splits = DataSets.Open(source, new SourceOptions { Labels = labels });
        foreach (string note in splits.Notes.Concat(splits.Train.Notes)) context.People.WriteLine($"note: {note}");
        return Run(context, "pictures", folder, $"Wrote {folder}", show =>
            Sharder.Run(splits, folder, options, show, replace, context.Cancel));
    }

    private static int Index(CommandContext context, string shards, bool replace) =>
        Run(context, "shards", Directory.Exists(shards) ? shards : Path.GetDirectoryName(Path.GetFullPath(shards))!, $"Indexed {shards}",
            show => Sharder.Index(shards, show, replace, context.Cancel));

    private static int Run(CommandContext context, string unit, string folder, string said,
        Func<Action<ShardProgress>, ShardResult> work)
    {
        LiveLine live = new(context.People, context.Terminal.Time);
        Lock gate = new();
        long start = context.Terminal.Time.GetTimestamp();
        ShardResult result;
        try
        {
            result = work(Show);
        }
        finally
        {
            live.Clear();
        }
        TimeSpan taken = context.Terminal.Time.GetElapsedTime(start);
        foreach (string bad in result.LeftOut) context.People.WriteLine($"left out: {bad}");
        foreach (string note in result.Notes) context.People.WriteLine($"note: {note}");
        context.People.WriteLine($"{said}: {result.Pictures.ToString("N0", CultureInfo.InvariantCulture)} pictures in "
            + $"{Numbers.Plural(result.Shards, "shard", "shards")}, {Numbers.Bytes(result.Bytes)}, in {Numbers.Time(taken)}.");
        context.Result(new
        {
            folder = Path.GetFullPath(folder),
            shards = result.Shards,
            pictures = result.Pictures,
            bytes = result.Bytes,
            left_out = result.LeftOut,
            notes = result.Notes,
            seconds = taken.TotalSeconds,
        }, folder);
        return ExitCode.Done;

        void Show(ShardProgress progress)
        {
            double share = (double)progress.Done / progress.Total, seconds = context.Terminal.Time.GetElapsedTime(start).TotalSeconds,
                rate = progress.Done / Math.Max(seconds, 1e-3);
            lock (gate)
                live.Show(() => [$"{Bar.Of(share)} {Numbers.Share(share)}",
                    $"{Numbers.Count(progress.Done)} of {Numbers.Count(progress.Total)} {unit}",
                    $"{rate.ToString("N0", CultureInfo.InvariantCulture)} {unit}/s",
                    $"{Numbers.Time(TimeSpan.FromSeconds((progress.Total - progress.Done) / Math.Max(rate, 1e-3)))} left"]);
        }
    }
}
