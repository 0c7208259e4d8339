using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp;

/// <summary>Learns an encoder from pictures that nobody labeled.</summary>
public static class Trainer
{
    /// <summary>Trains a new run.</summary>
    /// <param name="recipe">A recipe's name (see <see cref="RecipeFile.Names"/>), or the path of a recipe file.</param>
    /// <param name="data">The pictures: a folder as it is, one with <c>train/</c> and <c>test/</c> inside, or IDX or CIFAR files.</param>
    /// <param name="folder">The run's folder: new or empty. All that the run makes goes there.</param>
    /// <param name="progress">Told of what happens: <see cref="TrainingPlan"/>, <see cref="StepReport"/>, <see cref="EpochMetrics"/>,
    /// <see cref="Doing"/>, <see cref="RunWarning"/>.</param>
    /// <param name="stop">An earlier end than the recipe's last epoch, with the schedule unchanged.</param>
    /// <param name="cancel">Stops after the current update, with a checkpoint.</param>
    /// <returns>The run; <see cref="Run.Training"/> says what the training came to.</returns>
    /// <exception cref="MocoException">Recipe, pictures and folder do not fit; says what, where and how to fix it.</exception>
    public static Task<Run> TrainAsync(
        string recipe, string data, string folder, IProgress<RunProgress>? progress = null, StopAfter? stop = null,
        CancellationToken cancel = default) =>
        TrainAsync(RecipeFile.Load(recipe), new TrainingPictures([data]), folder, progress, stop, cancel: cancel);

    /// <inheritdoc cref="TrainAsync(string, string, string, IProgress{RunProgress}?, StopAfter?, CancellationToken)"/>
    /// <param name="recipe">What to do; the run keeps its text.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="folder">The run's folder: new or empty. All that the run makes goes there.</param>
    /// <param name="progress">Told of what happens.</param>
    /// <param name="stop">An earlier end than the recipe's last epoch, with the schedule unchanged.</param>
    /// <param name="from">Whose weights the encoder begins with; null for random ones. The head is always new.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="ranks">Which of several processes that train together this one is; null for one that trains alone.</param>
    /// <param name="cancel">Stops after the current update, with a checkpoint.</param>
    public static Task<Run> TrainAsync(
        RecipeFile recipe, TrainingPictures pictures, string folder, IProgress<RunProgress>? progress = null, StopAfter? stop = null,
        InitialEncoder? from = null,
        TimeProvider? time = null,
        RankSettings? ranks = null,
        CancellationToken cancel = default) => LibtorchThread.Run(
        () => RankSession.Around(ranks, time, progress, (session, told) =>
        {
            using TrainingData data = pictures.Open(recipe.Recipe.Data);
            using TrainingRun training = TrainingRun.Start(recipe, data, folder, told, time, from, prepare: null, session);
            return Run.After(training.Train(stop, cancel));
        }), CancellationToken.None);
}
