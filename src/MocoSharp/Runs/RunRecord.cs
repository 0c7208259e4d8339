using MocoSharp.Encoders;
using MocoSharp.Recipes;

namespace MocoSharp.Runs;

/// <summary>What a run's folder says of the run: its recipe and its environment, checked against each other and against the
/// encoder.</summary>
/// <remarks>Checkpoints keep a copy of both, under a checksum, which stands in for a file that is lost or damaged.</remarks>
/// <param name="Folder">The folder.</param>
/// <param name="Recipe">The recipe; from the newest checkpoint where <c>recipe.yaml</c> is lost.</param>
/// <param name="Environment">Program, machine and data; null where <c>environment.json</c> is lost and no checkpoint has a copy.</param>
public sealed record RunRecord(RunFolder Folder, RecipeFile Recipe, RunEnvironment? Environment)
{
    /// <summary>Reads and checks it.</summary>
    /// <param name="folder">A run's.</param>
    /// <param name="warned">Told of what is lost and where it was taken from instead.</param>
    /// <exception cref="MocoException">MS4003: no run is there. MS4007: the recipe was changed.</exception>
    public static RunRecord Open(RunFolder folder, Action<string> warned)
    {
        folder.MustExist();
        RunEnvironment? environment = EnvironmentOf(folder, warned);
        RecipeFile recipe = File.Exists(folder.Recipe) ? RecipeFile.Load(folder.Recipe) : Restored(folder, environment, warned);
        if (environment?.Recipe is { } learned && !RecipeFile.IsFingerprintOf(learned, recipe.Recipe)) throw Changed(folder, environment);
        return new RunRecord(folder, recipe, environment);
    }

    /// <summary>The same, for tests of what was learned: the encoder, where there is one yet, is whole and the run's own.</summary>
    /// <exception cref="MocoException">As <see cref="Open"/>; MS4010, MS4012: the encoder is none, or that of another run.</exception>
    /// <exception cref="Torch.TorchException">MS1007: the encoder's file is damaged.</exception>
    public static RunRecord OpenTrained(RunFolder folder, Action<string> warned)
    {
        RunRecord record = Open(folder, warned);
        if (File.Exists(folder.Encoder)) record.RequireEncoder();
        return record;
    }

    /// <summary>The same, computed on a device.</summary>
    /// <param name="device">Its name; null for the one that the run was on last.</param>
    public RunRecord On(string? device) => (device ?? Environment?.Device) is { } name
        ? this with { Recipe = Recipe with { Recipe = Recipe.Recipe with { Training = Recipe.Recipe.Training with { Device = name } } } }
        : this;

    /// <summary>The environment, which says where the pictures are.</summary>
    /// <exception cref="MocoException">MS4003: it is lost.</exception>
    internal RunEnvironment Known() => Environment
        ?? throw new MocoException(ErrorIds.NoRun, "where the run's pictures are is lost with its environment.json", at: Folder.Environment,
        fix: "name them with --data, and test pictures and labels with --test and --labels where the run had its own; or restore the "
        + "file from a backup");

    /// <summary>The environment alone.</summary>
    /// <param name="folder">A run's.</param>
    /// <param name="warned">Told where the file is lost or damaged.</param>
    /// <returns>Null where the file is lost or damaged and no checkpoint has a copy.</returns>
    /// <exception cref="MocoException">MS4003: the run was stopped before it had begun.</exception>
    internal static RunEnvironment? EnvironmentOf(RunFolder folder, Action<string> warned)
    {
        RunEnvironment? file = null;
        MocoException? lost = null;
        try
        {
            file = RunEnvironment.Read(folder);
        }
        catch (MocoException error)
        {
            lost = error;
        }
        if (lost is null) return file;
        if (new CheckpointStore(folder).Witness(run: null) is { } witness)
        {
            warned($"{lost.Message}; the copy of checkpoint {witness.Step} is used");
            return witness.Environment;
        }
        if (folder.Steps().Count == 0 && !File.Exists(folder.Encoder)) throw lost;
        warned($"{lost.Message}: where the pictures are, and with how many threads, in which precision and by which kernels the run was "
            + $"made, is not known any more");
        return null;
    }

    /// <summary>How many pictures a run learned from: banks have as many rows.</summary>
    /// <exception cref="MocoException">MS4003: nothing tells of it any more.</exception>
    internal static int PicturesOf(RunFolder folder) => EnvironmentOf(folder, static _ => { })?.Pictures
        ?? throw new MocoException(ErrorIds.NoRun,
        "how many pictures the run learned from, which its head may remember, is lost with environment.json", at: folder.Environment,
            fix: "restore it from a backup, or test the encoder's own features (--features backbone)");

    /// <summary>Writes a lost <c>recipe.yaml</c> again.</summary>
    internal static void RestoreRecipe(RunFolder folder, Recipe recipe)
    {
        if (File.Exists(folder.Recipe)) return;
        string text = new CheckpointStore(folder).Witness(EnvironmentOf(folder, static _ => { }))?.Recipe
            ?? new RecipeFile(recipe, "").Text;
        AtomicFile.Write(folder.Recipe, System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static RecipeFile Restored(RunFolder folder, RunEnvironment? run, Action<string> warned)
    {
        CheckpointState witness = new CheckpointStore(folder).Witness(run)
            ?? throw new MocoException(ErrorIds.NoRun, "the run's recipe.yaml is lost, and no checkpoint has a copy", at: folder.Root,
                fix: $"write it again, with the same changes as then: moco recipes show NAME > {CommandText.Quoted(folder.Recipe)}");
        warned($"the run's recipe.yaml is lost; the copy of checkpoint {witness.Step} is used");
        return RecipeFile.Parse(witness.Recipe!, $"checkpoint {witness.Step}");
    }

    // An encoder of an older version does not name its run, so what it is made of is all that can be compared.
    private void RequireEncoder()
    {
        (EncoderOptions options, string? run) = EncoderFile.Head(Folder.Encoder);
        bool isOwn = run is null || (Environment?.Identity is not null ? Environment.Owns(run)
            : RecipeFile.IsFingerprintOf(run.Split('/')[0], Recipe.Recipe));
        if (isOwn && options == Recipe.Recipe.Encoder.WithoutSplits with { Channels = options.Channels }) return;
        if (isOwn || Environment?.Identity is null) throw Changed(Folder, Environment);
        throw new MocoException(ErrorIds.AnotherRuns, "the encoder is that of another run: recipe or pictures are not this one's",
            at: Folder.Encoder,
            fix: $"bring the run's own back, or delete the file: it is then written anew from the newest checkpoint by moco resume "
            + $"{CommandText.Quoted(Folder.Root)}");
    }

    private static MocoException Changed(RunFolder folder, RunEnvironment? run) => new(ErrorIds.ResumeDiffers,
        RunEnvironment.RecipeChanged, at: folder.Recipe,
        fix: new CheckpointStore(folder).Witness(run) is not null
            ? $"delete the file (or environment.json, if that was changed): it is then taken from the newest checkpoint; or begin a new "
            + $"run with the changed one: moco train {CommandText.Quoted(folder.Recipe)} --data … --run FOLDER"
            : $"restore the file, or begin a new run with the changed one: moco train {CommandText.Quoted(folder.Recipe)} --data … --run "
            + $"FOLDER");
}
