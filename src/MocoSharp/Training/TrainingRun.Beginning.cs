using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Training;

// How a training begins, or goes on.
public sealed partial class TrainingRun
{
    /// <summary>Makes a new run.</summary>
    /// <param name="recipe">What to do; the run keeps its text.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="folder">Empty, or not there yet.</param>
    /// <param name="progress">Told of what happens: <see cref="TrainingPlan"/>, <see cref="StepReport"/>, <see cref="EpochMetrics"/>,
    /// <see cref="Doing"/>, <see cref="RunWarning"/>.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="from">What the encoder begins with; null for random weights.</param>
    /// <param name="prepare">Puts files into the new folder that the method finds there.</param>
    /// <exception cref="MocoException">The folder is in use, or recipe and pictures do not fit.</exception>
    public static TrainingRun Start(
        RecipeFile recipe, TrainingData data, string folder, IProgress<RunProgress>? progress = null, TimeProvider? time = null,
        InitialEncoder? from = null, Action<RunFolder>? prepare = null) =>
        Start(recipe, data, folder, progress, time, from, prepare, session: null);

    internal static TrainingRun Start(RecipeFile recipe, TrainingData data, string folder, IProgress<RunProgress>? progress,
        TimeProvider? time, InitialEncoder? from, Action<RunFolder>? prepare, RankSession? session)
    {
        recipe = recipe with { Recipe = recipe.Recipe.For(data.Train.Count) with { Data = recipe.Recipe.Data.SpreadAs(data.Reading) } };
        RunFolder run = new(folder);
        if (session is { IsFirst: false })
            return new TrainingRun(recipe, run, held: null, data, progress, time ?? TimeProvider.System, from, goingOn: null, session);
        run.Create();
        IDisposable held = run.Lock();          // before a word is written: another process may have made the same folder just now
        try
        {
            AtomicFile.Write(run.Recipe, System.Text.Encoding.UTF8.GetBytes(recipe.Text));
            prepare?.Invoke(run);
            TrainingRun training = new(recipe, run, held, data, progress, time ?? TimeProvider.System, from, goingOn: null,
                session);
            RunViews.Write(run, recipe.Recipe, data);
            return training;
        }
        catch
        {
            held.Dispose();
            run.Clear();            // what could not begin leaves nothing in the way of the next try
            throw;
        }
    }

    /// <summary>Goes on with a run from its newest whole checkpoint, or from the start when it has none.</summary>
    /// <param name="recipe">The run's.</param>
    /// <param name="data">The run's pictures.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="progress">As in a new run.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="goingOn">What may be otherwise than before; null for nothing.</param>
    /// <param name="session">The other ranks; null for none.</param>
    /// <exception cref="MocoException">No run is there, another process works in it, or recipe, pictures, threads or precision differ from
    /// the run's.</exception>
    internal static TrainingRun Resume(
        RecipeFile recipe, TrainingData data, string folder, IProgress<RunProgress>? progress = null, TimeProvider? time = null,
        GoingOn? goingOn = null, RankSession? session = null)
    {
        RunFolder run = new(folder);
        run.MustExist();
        if (session is { IsFirst: false })
            return new TrainingRun(recipe, run, held: null, data, progress, time ?? TimeProvider.System, from: null,
                goingOn ?? new GoingOn(), session);
        IDisposable held = run.Lock();
        RunRecord.RestoreRecipe(run, recipe.Recipe);
        TrainingRun training = new(recipe, run, held, data, progress, time ?? TimeProvider.System, from: null, goingOn ?? new GoingOn(),
            session);
        if (!File.Exists(run.Views)) RunViews.Write(run, recipe.Recipe, data);         // killed before they were drawn
        return training;
    }
}
