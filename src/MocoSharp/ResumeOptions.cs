using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp;

/// <summary>What is otherwise than it was when a run goes on.</summary>
/// <param name="Moved">Where the pictures are now; null for where they were.</param>
/// <param name="Changes">Changes of the recipe, each <c>training.epochs=400</c>. How pictures are read and what is kept or tested may
/// change at any time; what decides the weights only with <paramref name="NotBitEqual"/>, and never what the network is made of.</param>
/// <param name="NotBitEqual">Whether to go on where pictures, recipe, threads or machine are such that the weights differ from those of a
/// run that was never stopped. What differs is told as a <see cref="RunWarning"/>.</param>
/// <param name="Device">What computes: cpu, cuda or cuda:1; null for the one that the run was on last.</param>
/// <param name="Threads">libtorch's; null for as many as the run was made with.</param>
/// <param name="Ranks">Which of several processes that train together this one is; null for one that trains alone. Their number may be
/// another than before.</param>
public sealed record ResumeOptions(
    MovedPictures? Moved = null, IReadOnlyList<string>? Changes = null, bool NotBitEqual = false, string? Device = null,
    int? Threads = null, RankSettings? Ranks = null)
{
    /// <summary>The run's recipe with the changes.</summary>
    /// <exception cref="MocoException">MS4007: one of them decides the weights, and that was not asked for, or changes the
    /// network.</exception>
    internal RecipeFile Changed(RunRecord run)
    {
        RecipeFile changed = run.Recipe.With(Changes ?? []);
        Recipe before = run.Recipe.Recipe, after = changed.Recipe;
        if (before.Training.Device != after.Training.Device)
            throw new OptionException("training.device", after.Training.Device, "and a run's device is no part of what it learns",
                fix: $"give it as --device {after.Training.Device}");
        string which = string.Join(", ", Changes ?? []);
        if (before.Encoder != after.Encoder || before.Method.GetType() != after.Method.GetType())
            throw new MocoException(ErrorIds.ResumeDiffers, $"{which} would make another network of the run's", at: run.Folder.Root,
                fix: $"begin a new run, from this one's encoder if you like: moco train {CommandText.Quoted(run.Folder.Recipe)} --data … "
                + $"--run FOLDER --from {CommandText.Quoted(run.Folder.Root)}");
        if (!NotBitEqual && Decides(before, after))
            throw new MocoException(ErrorIds.ResumeDiffers,
                $"{which}: that decides the weights, which would not be those of the run as it was begun", at: run.Folder.Root,
                fix: "go on with it all the same (--not-bit-equal), or leave it out");
        return changed;
    }

    /// <param name="run">The run as its folder has it.</param>
    /// <param name="changed">Its recipe with the changes.</param>
    internal GoingOn GoingOn(RunRecord run, RecipeFile changed)
    {
        Recipe before = run.Recipe.Recipe, kept = changed.Recipe with
        {
            Training = changed.Recipe.Training with { Device = before.Training.Device },
        };
        return new(NotBitEqual, Decides(before, kept) ? before : null, Changes is { Count: > 0 } ? (changed with { Recipe = kept }).Text
            : null);
    }

    private static bool Decides(Recipe before, Recipe after) => RecipeFile.Fingerprint(before) != RecipeFile.Fingerprint(after);
}
