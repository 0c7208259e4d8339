using MocoSharp.Charts;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Watch;

/// <summary>A run as the studio reads it while others write it. What has not changed is not read again.</summary>
internal sealed class WatchedRun(string id, string name, RunFolder folder, TimeProvider time)
{
    private const long LargestRecipe = 1 << 20, LargestLog = 256 << 20;

    private readonly Lock _lock = new();
    private (Mark Mark, Recipe Recipe)? _recipe;
    private (Mark Mark, IReadOnlyList<EpochMetrics> Lines)? _metrics;
    private double? _chance;
    private bool _chanceIsKnown;

    internal string Id => id;

    internal string Name => name;

    internal RunFolder Folder => folder;

    /// <summary>Where the studio keeps what it makes of the run.</summary>
    internal StudioFolder Kept { get; } = new(Path.Combine(folder.Root, "studio"));

    /// <summary>How far it is. An error becomes part of the answer: one damaged run hides no other.</summary>
    internal RunSummary Summary()
    {
        try
        {
            return Read();
        }
        catch (Exception error) when (error is MocoException or IOException or UnauthorizedAccessException)
        {
            return new RunSummary(id, name, WatchedState.Unreadable,
                new RunProblem((error as MocoException)?.Id ?? StudioErrorIds.WrongState,
                error.Message, (error as MocoException)?.Fix));
        }
    }

    /// <summary>The recipe, read anew where its file has changed.</summary>
    /// <exception cref="MocoException">It cannot be read. MS5329: it is too large.</exception>
    internal Recipe Recipe()
    {
        lock (_lock)
        {
            Mark mark = Mark.Of(folder.Recipe);
            if (_recipe is { } known && known.Mark == mark) return known.Recipe;
            Recipe recipe = RecipeFile.Load(Small(folder.Recipe)).Recipe;
            _recipe = (mark, recipe);
            return recipe;
        }
    }

    /// <summary>The recipe's text.</summary>
    /// <exception cref="MocoException">MS5329: it is too large.</exception>
    internal string RecipeText() => File.ReadAllText(Small(folder.Recipe));

    /// <summary>Program, machine and pictures.</summary>
    /// <exception cref="MocoException">MS4003: it is lost. MS5329: it is too large.</exception>
    internal RunEnvironment Environment()
    {
        _ = Small(folder.Environment);
        return RunEnvironment.Read(folder);
    }

    /// <summary>One line an epoch that ended.</summary>
    /// <exception cref="MocoException">MS4009: one of them cannot be read.</exception>
    internal IReadOnlyList<EpochMetrics> Metrics()
    {
        lock (_lock)
        {
            Mark mark = Mark.Of(folder.Metrics);
            if (_metrics is { } known && known.Mark == mark) return known.Lines;
            try
            {
                RequireSmaller(folder.Metrics, LargestLog);
                IReadOnlyList<EpochMetrics> lines = folder.ReadMetrics();
                _metrics = (mark, lines);
                return lines;
            }
            catch (MocoException) when (_metrics is not null && folder.IsInUse())
            {
                return _metrics.Value.Lines;        // its last line is being written just now
            }
        }
    }

    /// <summary>Loss by updates, and what was measured at each epoch's end; null before anything was learned.</summary>
    internal RunCourse? Course()
    {
        RequireSmaller(folder.Losses, LargestLog);
        RequireSmaller(folder.Metrics, LargestLog);
        return RunCourse.ReadOrNull(folder);
    }

    /// <summary>The loss when nothing is told apart, in nats; null where the method has no such level.</summary>
    /// <remarks>The network is built for it, once.</remarks>
    internal double? ChanceLoss()
    {
        lock (_lock)
        {
            if (_chanceIsKnown) return _chance;
            Recipe recipe = Recipe();
            using Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, Environment().Pictures, recipe.JointBatch),
                recipe.Method);
            (_chance, _chanceIsKnown) = (method.ChanceLoss, true);
            return _chance;
        }
    }

    private RunSummary Read()
    {
        Recipe recipe = Recipe();
        IReadOnlyList<EpochMetrics> metrics = Metrics();
        EpochMetrics? last = metrics is [.., EpochMetrics newest] ? newest : null;
        bool trains = folder.IsInUse();
        int done = last?.Epoch ?? 0, epochs = recipe.Training.Epochs;
        RunFailure? failure = trains ? null : RunFailure.Read(folder);
        return new RunSummary(id, name, trains ? WatchedState.Training : failure is not null ? WatchedState.Failed
                : done >= epochs ? WatchedState.Finished : WatchedState.Stopped,
            failure is null ? null : new RunProblem(failure.Id, failure.What, failure.Fix), recipe.Name,
            MethodRegistry.NameOf(recipe.Method), recipe.Encoder.Name, done, epochs, last?.Loss,
            metrics.LastOrDefault(static line => line.Knn is not null)?.Knn, metrics.Max(static line => line.Knn), last?.ImagesPerSecond,
            last?.WaitFraction, last?.ElapsedSeconds, trains ? Remaining(last, epochs) : null, trains && folder.IsAskedToStop,
            File.Exists(folder.Views), File.Exists(folder.Encoder), File.Exists(Kept.Map));
    }

    // at the pace so far, less what has gone since the last epoch's end
    private double? Remaining(EpochMetrics? last, int epochs)
    {
        if (last is not { Epoch: > 0 }) return null;
        double since = Math.Max(0, (time.GetUtcNow() - File.GetLastWriteTimeUtc(folder.Metrics)).TotalSeconds);
        double whole = last.ElapsedSeconds / last.Epoch;
        return Math.Max(0, Math.Round((epochs - last.Epoch) * whole - Math.Min(since, whole)));
    }

    private static string Small(string path)
    {
        RequireSmaller(path, LargestRecipe);
        return path;
    }

    private static void RequireSmaller(string path, long limit)
    {
        if (File.Exists(path) && new FileInfo(path).Length is long length && length > limit)
            throw new MocoException(StudioErrorIds.TooLarge,
                $"{Path.GetFileName(path)} has {length:N0} bytes, and the studio reads up to {limit:N0}", at: path,
                fix: "restore the file that the run wrote");
    }

    /// <summary>What tells that a file was written since.</summary>
    private readonly record struct Mark(DateTime Written, long Length)
    {
        internal static Mark Of(string path) => new FileInfo(path) is { Exists: true } file ? new Mark(file.LastWriteTimeUtc, file.Length)
            : default;
    }
}
