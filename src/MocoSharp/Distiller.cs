using MocoSharp.Features;
using MocoSharp.Methods.Distillation;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp;

/// <summary>Teaches an encoder what another network makes of the same pictures.</summary>
public static class Distiller
{
    /// <summary>Lets a teacher look at all pictures, keeps what it says in the new run's folder, and trains by a recipe whose method learns
    /// from it. The run goes on with <see cref="Run.ResumeAsync"/> as others do: the teacher is not needed any more.</summary>
    /// <param name="recipe">One whose method learns from a teacher; <c>method.teacherFeatures</c> is set to the teacher's.</param>
    /// <param name="pictures">The pictures. Labels are not needed.</param>
    /// <param name="folder">The run's folder: new or empty.</param>
    /// <param name="teacher">Opened before and closed after the call by the caller.</param>
    /// <param name="progress">Told of what happens.</param>
    /// <param name="stop">An earlier end than the recipe's last epoch, with the schedule unchanged.</param>
    /// <param name="from">Whose weights the student begins with; null for random ones.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="cancel">Stops the teacher between batches, and the training after the current update, with a checkpoint.</param>
    /// <exception cref="MocoException">Recipe, pictures and folder do not fit. MS5001: the teacher gives what is not finite.</exception>
    public static Task<Run> TrainAsync(
        RecipeFile recipe, TrainingPictures pictures, string folder, Teacher teacher, IProgress<RunProgress>? progress = null,
        StopAfter? stop = null, InitialEncoder? from = null, TimeProvider? time = null, CancellationToken cancel = default) =>
        LibtorchThread.Run(() =>
        {
            if (recipe.Recipe.Method is not ITaughtOptions)
                throw new OptionException("method", Methods.MethodRegistry.NameOf(recipe.Recipe.Method),
                    "and it learns from no teacher", fix: "take a recipe of feature-regression, seed, compress or soft-labels");
            if (recipe.Recipe.Method is SoftLabelsOptions && teacher.Features < 2)
                throw new MocoException(ErrorIds.NotATeacher, "a teacher of labels needs two classes or more, and this one gives 1 number",
                    at: teacher.Name, fix: "name a classifier, or learn from features (--by seed)");
            RecipeFile taught = recipe.With([$"method.teacherFeatures={teacher.Features}", $"method.teacher={TeacherFile.Name}"]);
            using TrainingData data = pictures.Open(taught.Recipe.Data);
            using TrainingRun training = TrainingRun.Start(taught, data, folder, progress, time, from,
                run => Teach(run, pictures, teacher, progress, cancel));
            return Run.After(training.Train(stop, cancel));
        }, CancellationToken.None);

    private static void Teach(RunFolder run, TrainingPictures pictures, Teacher teacher, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        DataSettings reading = teacher.Input.Settings() with { CacheMegabytes = 0 };
        using TrainingData seen = pictures.Open(reading);
        progress.Doing($"the teacher looks at {seen.Train.Count:N0} pictures");
        FeatureExtractor extractor = new(reading, teacher.Input.View, teacher.Compute, progress.Warn) { BatchSize = 64 };
        FeatureSet features = extractor.Extract(seen.Train, teacher.Answer, cancel: cancel);
        foreach (int row in features.Absent) features.Values.AsSpan(row * features.Dimensions, features.Dimensions).Fill(float.NaN);
        TeacherFile.Write(run.Teacher, features.Values, features.Dimensions, teacher.Name, teacher.Classes);
    }
}
