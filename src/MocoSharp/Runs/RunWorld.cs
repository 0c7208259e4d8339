using MocoSharp.Recipes;
using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary>The world that a run goes on in: the one that it was made in, or this machine's, written down.</summary>
/// <param name="Environment">What the run is in now.</param>
/// <param name="Changes">What is otherwise than it was, a sentence each; empty where the run goes on as if it had never been
/// stopped.</param>
/// <param name="Places">Where each picture was among the run's before; −1 for new ones. Null where the pictures are the same.</param>
internal sealed record RunWorld(RunEnvironment Environment, IReadOnlyList<string> Changes, int[]? Places = null)
{
    /// <summary>Writes down the world of a new run.</summary>
    internal static RunWorld Begin(RunFolder folder, RunEnvironment now, TrainingData data)
    {
        now.Write(folder);
        WriteList(folder, data);
        return new RunWorld(now, []);
    }

    /// <summary>Takes up the one that the run was made in.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="now">This machine's.</param>
    /// <param name="recipe">What it is to learn by now.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="mayDiffer">Whether the run may go on where the two differ in what decides the weights.</param>
    /// <param name="warned">Told of what is lost.</param>
    /// <exception cref="MocoException">MS4007: the two differ, and that was not asked for.</exception>
    internal static RunWorld GoOn(RunFolder folder, RunEnvironment now, Recipe recipe, TrainingData data, bool mayDiffer,
        Action<string> warned)
    {
        if (Recorded(folder, warned) is not { } then) return Begin(folder, now, data);
        if (then.Recipe is { } learned && RecipeFile.IsFingerprintOf(learned, recipe)) now = now with { Recipe = learned };
        RunEnvironment alike = now with { Fingerprint = DataFingerprint.Like(then.Fingerprint, data) };
        bool isOther = then.Fingerprint != alike.Fingerprint;
        bool isListed = isOther && PictureList.Keeps(data.Train);
        PictureList? before = isListed ? PictureList.Read(folder) : null, after = isListed ? PictureList.Of(data.Train) : null;
        if (isOther && recipe.Probe is null && before is not null && after!.HasFilesOf(before)
            && after.Since(before) is { } relabeled)        // the same pictures in other shards come in another order
        {
            warned($"labels are not those of before ({relabeled}), which changes tests and not what is learned");
            alike = alike with { Fingerprint = then.Fingerprint };
        }
        EnvironmentDifference[] differences = [.. then.DifferencesTo(alike, folder, before is null ? null : after!.Since(before))];
        if (!mayDiffer && differences is [{ } first, ..]) throw first.Refusal(folder);
        if (then.Ranks != now.Ranks) warned(
            $"{RanksOf(then)} trained the run, and {RanksOf(now)} will go on: with the same pictures in the same order, and weights that "
            + $"agree to rounding");
        if (then.Device != now.Device) warned(
            $"the run was on {then.Device} and goes on on {now.Device}: its weights will not be those of a run that stayed where it was");
        if (differences.Length > 0) return Changed(then, now, differences, before is null ? null : after!.PlacesIn(before));
        if (then.Kernels is { } kernels) Kernels.Choices = kernels.GetRawText();
        return new RunWorld(then with
        {
            Data = now.Data,
            Test = now.Test,
            Labels = now.Labels,
            Device = now.Device,
            Ranks = now.Ranks,
            Threads = now.Threads,
            Recipe = then.Recipe
            ?? now.Recipe
        }, []);
    }

    /// <summary>Keeps what is otherwise than it was, once the run is known to go on so.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="recipe">The recipe's new text; null for the one that is there.</param>
    /// <param name="data">The pictures.</param>
    internal void Keep(RunFolder folder, string? recipe, TrainingData data)
    {
        if (recipe is not null) AtomicFile.Write(folder.Recipe, System.Text.Encoding.UTF8.GetBytes(recipe));
        if (Changes.Count == 0) return;
        Environment.Write(folder);
        WriteList(folder, data);
    }

    private static void WriteList(RunFolder folder, TrainingData data)
    {
        if (PictureList.Keeps(data.Train)) PictureList.Of(data.Train).Write(folder);
    }

    private static RunWorld Changed(RunEnvironment then, RunEnvironment now, EnvironmentDifference[] differences, int[]? places)
    {
        bool samePlaces = differences.All(static difference => !difference.IsOfPictures);
        bool sameKernels = then.Convolutions == now.Convolutions && then.Threads == now.Threads && then.Precision == now.Precision;
        if (sameKernels && then.Kernels is { } kernels) Kernels.Choices = kernels.GetRawText();
        RunEnvironment own = now with { Start = then.Start, Fingerprint = samePlaces ? then.Fingerprint : now.Fingerprint };
        if (then.Identity is { } identity && identity != own.Identity) own = own with { Earlier = [.. then.Earlier ?? [], identity] };
        else own = own with { Earlier = then.Earlier };
        return new RunWorld(own, [.. differences.Select(static difference => difference.What)], samePlaces ? null : places
            ?? [.. Enumerable.Repeat(-1, now.Pictures)]);
    }

    private static string RanksOf(RunEnvironment environment) => environment.Ranks is { } count ? $"{count} ranks" : "one process";

    private static RunEnvironment? Recorded(RunFolder folder, Action<string> warned)
    {
        if (!File.Exists(folder.Environment) && folder.Steps().Count == 0) return null;      // killed before a word of it was written
        RunEnvironment? then = RunRecord.EnvironmentOf(folder, warned);
        if (then is null)
            warned("the run goes on with this machine's threads, precision and kernels: weights may differ in the last bits from those "
            + "of a run that was never stopped");
        return then;
    }
}

/// <summary>One thing that decides the weights and is otherwise than it was when a run began.</summary>
/// <param name="What">A sentence without its full stop.</param>
/// <param name="Fix">How to have it as it was.</param>
/// <param name="IsOfPictures">Whether it is the pictures.</param>
internal sealed record EnvironmentDifference(string What, string Fix, bool IsOfPictures = false)
{
    internal MocoException Refusal(RunFolder folder) =>
        new(ErrorIds.ResumeDiffers, $"{What}, so the weights would not be those of a run that was never stopped", at: folder.Root,
        fix: $"{Fix}; or go on otherwise, with weights that differ: moco resume {CommandText.Quoted(folder.Root)} --not-bit-equal");
}
