using System.CommandLine;
using System.Globalization;
using MocoSharp.Evaluation;
using MocoSharp.Recipes;
using MocoSharp.Torch;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco train</c>: learn an encoder from a folder of pictures.</summary>
internal static class TrainCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> recipe = Options.Recipe();
        Option<string[]> data = Options.DataOften(
            "The pictures: a folder as it is, one with train/ and test/, val/ or valid/ inside, a packed file, tar shards, or "
            + "IDX or CIFAR files. May be given often: labels and test pictures are the first one's, the others give more pictures to "
            + "learn from.");
        data.Required = true;
        Option<string> run = new("--run")
        {
            Description = "The run's folder: new or empty. All that the run makes goes there.",
            HelpName = "dir",
            Required = true,
        };
        Option<string?> test = Options.Test();
        Option<string> labels = Options.Labels();
        Option<int?> stopAfter = Options.StopAfter(), threads = Options.TrainingThreads();
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count", "Passes over the pictures. Default: the recipe's.");
        Option<int?> maxSteps = Options.AtLeastOne("--max-steps", "steps",
            "Stop when so many updates are done, with the schedule unchanged; 'moco resume' goes on.");
        Option<ulong?> seed = Options.Seed(
            "The source of all randomness: the same command gives the same bits on one machine. Default: the recipe's.");
        Option<string?> device = Options.Device("the recipe's, which is cpu");
        FromOptions from = new("Begin with the encoder of another run (its folder), of an encoder's file, or of a file of PyTorch under "
            + "torchvision's names, in place of random weights. The head is new.");
        Option<bool> library = Options.LibraryKernels();
        Option<string?> kernelFile = Options.KernelFile();
        Option<string?> board = Options.TensorBoard();
        Option<string[]> set = Options.Set();
        Option<int?> seeds = Options.AtLeastOne("--seeds", "count",
            "Train so many runs that differ in their seed alone, RUN/seed-1 and on, counted from the recipe's seed; test each by kNN and a "
            + "linear classifier, and give mean and standard deviation. The same command goes on where it was stopped.");
        Option<LabelBudget?> testLabels = Options.Budget("--test-labels",
            "With --seeds: labels of the linear test, a share of each class's, or so many a class. Default: 100%.");
        Command command = new("train", "Learn an encoder from a folder of pictures, without labels.")
        {
            recipe, data, run, test, labels, epochs, stopAfter, maxSteps, seed, from.Path, from.AdaptChannels, device, threads, library,
            kernelFile, board, set, seeds, testLabels,
        };
        command.SetAction(async (parse, _) =>
        {
            List<string> assignments = [.. parse.GetRequiredValue(set)];
            if (parse.GetValue(epochs) is { } count) assignments.Add($"training.epochs={count.ToString(CultureInfo.InvariantCulture)}");
            if (parse.GetValue(seed) is { } number) assignments.Add($"training.seed={number.ToString(CultureInfo.InvariantCulture)}");
            if (parse.GetValue(device) is { } named) assignments.Add(Options.DeviceSetting(named));
            RecipeFile file = Options.Load(context, parse.GetRequiredValue(recipe), assignments);
            TrainingPictures pictures = new(parse.GetRequiredValue(data), parse.GetValue(test), parse.GetRequiredValue(labels));
            using ConvolutionChoice kernels = new(parse.GetValue(library) ? ConvolutionChoice.Library : null);
            if (parse.GetValue(seeds) is not null && RankChoice.Here is not null)
                throw new UsageException("--seeds trains one run after another in this process, which is a rank of several",
                    "launch one run: leave --seeds out, and give each its own --seed and --run");
            if (parse.GetValue(seeds) is { } runs)
                return await new SeedsWork(context, file, pictures, parse.GetRequiredValue(run), from.Of(parse),
                    parse.GetValue(threads), Options.Stop(parse.GetValue(stopAfter), parse.GetValue(maxSteps)))
                    .RunAsync(runs, parse.GetValue(testLabels) ?? LabelBudget.All);
            return await TrainingWork.RunAsync(context, parse, board, parse.GetValue(threads), progress =>
            {
                if (parse.GetValue(kernelFile) is { } choices) KernelCache.Use(choices);
                return Trainer.TrainAsync(file, pictures, parse.GetRequiredValue(run), progress,
                    Options.Stop(parse.GetValue(stopAfter), parse.GetValue(maxSteps)),
                    from.Of(parse), context.Terminal.Time, RankChoice.Here, context.Cancel);
            });
        });
        return command;
    }
}
