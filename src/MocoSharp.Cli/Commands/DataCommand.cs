using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Terrain;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco data</c>: sets of pictures to try things on.</summary>
internal static class DataCommand
{
    internal static Command Create(CommandContext context) => new("data", "Make sets of pictures to try things on.") { Terrain(context) };

    private static Command Terrain(CommandContext context)
    {
        Option<int?> count = Options.AtLeastOne("--count", "tiles", "Tiles to train on. Default: 2000.");
        Option<int?> test = Options.AtLeastOne("--test", "tiles", "Tiles to test on. Default: a quarter of --count.");
        Option<int?> size = Options.AtLeastOne("--size", "pixels", "Pixels a side, 32 or more. Default: 512.");
        Option<string> output = new("--output", "-o") { Description = "The set's folder.", HelpName = "dir", Required = true };
        Option<ulong?> seed = Options.Seed("The only source of randomness. Default: 1.");
        Option<int?> workers = Options.AtLeastOne("--workers", "threads",
            "Threads, no more than the processors. Default: all. The files do not depend on it.");
        Option<string?> sheet = new("--sheet") { Description = "Write a picture of the first tiles too.", HelpName = "file.png" };
        Command command = new("terrain",
            "Make map tiles in three ways each (shaded map, 16-bit heights, cover), with labels of erosion age and ridge direction.")
        {
            count, test, size, output, seed, workers, sheet,
        };
        command.SetAction(parse =>
        {
            int tiles = parse.GetValue(count) ?? 2000, side = parse.GetValue(size) ?? 512;
            if (side < 32) throw new UsageException($"--size is {side}, and it takes 32 or more", command);
            TerrainSetOptions options = new(tiles, parse.GetValue(test) ?? tiles / 4, side, parse.GetValue(seed) ?? 1,
                ThreadChoice.Within(context, "--workers", parse.GetValue(workers)) ?? 0);
            string folder = parse.GetRequiredValue(output);
            LiveLine live = new(context.People, context.Terminal.Time);
            Lock gate = new();
            int all = options.Count + options.Test;
            TerrainSet.Write(folder, options, done =>
            {
                lock (gate) live.Show(() => [$"{done} of {all} tiles"]);
            }, context.Cancel);
            live.Clear();
            if (parse.GetValue(sheet) is { } path) ImageEncoder.Save(TerrainSet.Sheet(options), path);
            context.People.Profile.Out.Writer.WriteLine(
                $"Wrote {Numbers.Plural(all, "tile", "tiles")} of {side} x {side} to {folder} ({options.Count} to train on, "
                + $"{options.Test} to test on); labels: {TerrainSet.AgeLabels}, {TerrainSet.RidgeLabels}.");
            context.Result(new
            {
                folder = Path.GetFullPath(folder),
                train = options.Count,
                test = options.Test,
                size = side,
                seed = options.Seed
            }, folder);
            return ExitCode.Done;
        });
        return command;
    }
}
