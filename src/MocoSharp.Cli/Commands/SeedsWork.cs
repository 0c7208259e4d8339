using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Reports;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Runs that differ in their seed alone: trained one after another, tested alike, and told of together. A training that is
/// finished is not done again.</summary>
/// <param name="context">The command's.</param>
/// <param name="recipe">The first run's; the others count its seed up.</param>
/// <param name="pictures">What all learn from.</param>
/// <param name="folder">What the runs' folders lie in.</param>
/// <param name="from">The encoder that each begins with; null for random weights.</param>
/// <param name="threads">libtorch's; null for all processors.</param>
/// <param name="stop">An earlier end than the recipe's; null for none.</param>
internal sealed class SeedsWork(CommandContext context, RecipeFile recipe, TrainingPictures pictures, string folder,
    InitialEncoder? from, int? threads, StopAfter? stop)
{
    /// <returns>Done, or canceled.</returns>
    internal async Task<int> RunAsync(int seeds, LabelBudget testLabels)
    {
        if (RunFinder.IsRun(folder))
            throw new MocoException(ErrorIds.RunExists, "several seeds need a folder that is no run itself: each gets its own below it",
                at: folder, fix: "name another folder");
        List<string> runs = [];
        for (int at = 0; at < seeds; at++)
        {
            ulong seed = recipe.Recipe.Training.Seed + (ulong)at;
            string own = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
            (TrainingSummary summary, Run run) = await TrainAsync(own, seed);
            summary.Write(context.People);
            if (!summary.Finished) return ExitCode.Canceled;
            await TestAsync(run, testLabels);
            runs.Add(own);
        }
        RunComparison? comparison = seeds > 1 ? RunComparison.Of(runs) : null;
        foreach (SeedGroup group in comparison?.Seeds ?? []) CompareCommand.Show(context.People, group);
        context.Result(new { runs, comparison?.Seeds, comparison?.Results }, folder);
        return ExitCode.Done;
    }

    private Task<(TrainingSummary Summary, Run Run)> TrainAsync(string own, ulong seed)
    {
        RecipeFile file = recipe with { Recipe = recipe.Recipe with { Training = recipe.Recipe.Training with { Seed = seed } } };
        context.People.Profile.Out.Writer.WriteLine($"seed {seed}: {own}");
        bool isThere = RunFinder.IsRun(own) && new RunFolder(own).Steps().Count > 0;
        if (isThere && !Run.Open(own).IsBy(file))
            throw new MocoException(ErrorIds.RunExists, "a run by another recipe is there already", at: own,
                fix: $"name another folder; what differs: moco compare {CommandText.Quoted(folder)}");
        return TrainingWork.TrainAsync(context, threads, progress => isThere
            ? Run.ResumeAsync(own, new ResumeOptions(Threads: threads), progress, stop, context.Terminal.Time, context.Cancel)
            : Trainer.TrainAsync(file, pictures, own, progress, stop, from, context.Terminal.Time, cancel: context.Cancel));
    }

    /// <summary>Tests a run where that was not done; pictures without labels are not tested, which is told.</summary>
    private async Task TestAsync(Run run, LabelBudget labels)
    {
        try
        {
            using TestReporter reporter = new(context);
            _ = await run.EvaluateKnnAsync(progress: reporter, cancel: context.Cancel);
            _ = await run.EvaluateLinearAsync(new LinearOptions(labels, FeatureSpace.Backbone), progress: reporter, cancel: context.Cancel);
        }
        catch (MocoException error) when (error.Id == ErrorIds.NoLabels)
        {
            context.Warn($"{run.Folder.Root} is not tested: {error.Message}");
        }
    }
}
