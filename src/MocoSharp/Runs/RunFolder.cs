using System.Globalization;

namespace MocoSharp.Runs;

/// <summary>Where everything of a run lies: a run is a folder.</summary>
/// <param name="root">The run's folder.</param>
public sealed class RunFolder(string root)
{
    private const string Unfinished = ".unfinished-";
    private const string EventFiles = "events.out.tfevents.";
    private const int SharingViolation = 11;      // EAGAIN: .NET locks files by flock

    /// <summary>The folder itself.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The recipe as it ran.</summary>
    public string Recipe => Path.Combine(Root, "recipe.yaml");

    /// <summary>Program, machine and data that it ran with.</summary>
    public string Environment => Path.Combine(Root, "environment.json");

    /// <summary>Names, labels and lengths of the training pictures, to tell which have changed.</summary>
    public string Pictures => Path.Combine(Root, "pictures.tsv.gz");

    /// <summary>One JSON line an epoch.</summary>
    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    /// <summary>The loss of every update.</summary>
    public string Losses => Path.Combine(Root, "losses.csv");

    /// <summary>The update whose checkpoint is looked at; null for the newest.</summary>
    public long? Step { get; private init; }

    /// <summary>The encoder's file where no run made it, and this is only the folder of its tests; null for a run.</summary>
    public string? Foreign { get; internal init; }

    /// <summary>The encoder, in torchvision's names.</summary>
    public string Encoder => Foreign ?? Path.Combine(Root,
        Step is { } step ? $"encoder-at-{step.ToString(CultureInfo.InvariantCulture)}.safetensors"
        : "encoder.safetensors");

    /// <summary>The same run, as it was at one of its checkpoints.</summary>
    /// <param name="step">One of <see cref="Steps"/>.</param>
    internal RunFolder At(long step) => new(Root) { Step = step };

    /// <summary>Pictures and what the model sees of them.</summary>
    public string Views => Path.Combine(Root, "views.png");

    /// <summary>Results of tests.</summary>
    public string Evaluations => Path.Combine(Root, "eval");

    /// <summary>TensorBoard's files, where they were asked for and no other place was named.</summary>
    public string TensorBoard => Path.Combine(Root, "tensorboard");

    /// <summary>What a teacher made of the pictures, where the method learns from one.</summary>
    public string Teacher => Path.Combine(Root, Methods.Distillation.TeacherFile.Name);

    /// <summary>Classifiers that tests have kept.</summary>
    public string Heads => Path.Combine(Root, "heads");

    /// <summary>One folder a checkpoint.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Why the last training ended in an error; not there while it goes well.</summary>
    public string Failure => Path.Combine(Root, "failure.json");

    internal string StopFile => Path.Combine(Root, "stop.request");

    internal string LockFile => Path.Combine(Root, "run.lock");

    /// <summary>The folder of one checkpoint.</summary>
    public string Checkpoint(long step) => Path.Combine(Checkpoints, step.ToString("D9", CultureInfo.InvariantCulture));

    /// <summary>Where a checkpoint is written before it gets its name.</summary>
    internal string UnfinishedCheckpoint(long step) =>
        Path.Combine(Checkpoints, Unfinished + step.ToString("D9", CultureInfo.InvariantCulture));

    /// <summary>Steps of all finished checkpoints, the newest first.</summary>
    public IReadOnlyList<long> Steps() => !Directory.Exists(Checkpoints) ? [] :
    [
        .. Directory.EnumerateDirectories(Checkpoints)
            .Select(static path => long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? step : -1)
            .Where(static step => step >= 0).OrderDescending(),
    ];

    /// <summary>One line an epoch that ended; empty before the first.</summary>
    /// <exception cref="MocoException">MS4009: one of them cannot be read.</exception>
    public IReadOnlyList<EpochMetrics> ReadMetrics() => File.Exists(Metrics) ? MetricsLog.Read(Metrics) : [];

    /// <summary>The loss of every update up to the newest checkpoint; empty before it, and in runs of versions that did not keep
    /// it.</summary>
    public IReadOnlyList<UpdateLoss> ReadLosses() => File.Exists(Losses) ? LossLog.Read(Losses) : [];

    /// <summary>Makes the folder for a new run.</summary>
    /// <exception cref="MocoException">Something is there already, or it cannot be written.</exception>
    public void Create()
    {
        if (Directory.Exists(Root) && Directory.EnumerateFileSystemEntries(Root).Any() && !ClearUnbegun())
            throw new MocoException(ErrorIds.RunExists, "a new run needs a folder that is empty or not there yet", at: Root,
                fix: File.Exists(Recipe) && File.Exists(Environment)
                ? $"go on with it: moco resume {CommandText.Quoted(root)}; or name another folder" : "name another folder");
        try
        {
            Directory.CreateDirectory(Checkpoints);
            Directory.CreateDirectory(Evaluations);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.RunUnwritable, $"the run's folder cannot be made: {error.Message}", at: Root,
                fix: "name a folder that you may write to", inner: error);
        }
    }

    /// <summary>Takes a run away that has not come to its first checkpoint: nothing is lost by beginning again. A folder that holds
    /// anything else stays as it is.</summary>
    /// <exception cref="MocoException">Another process works in it.</exception>
    private bool ClearUnbegun()
    {
        if (!IsUnbegun()) return false;
        using (Lock())
        {
            if (Directory.Exists(Checkpoints))
                foreach (string left in Directory.EnumerateDirectories(Checkpoints)) Directory.Delete(left, recursive: true);
            Clear();
        }
        return !Directory.Exists(Root) || !Directory.EnumerateFileSystemEntries(Root).Any();
    }

    /// <summary>Whether this is a run's folder as it is made, with nothing but a run's own files in it and no whole checkpoint.</summary>
    private bool IsUnbegun() => (HasNoRecipe || File.Exists(Recipe) && Directory.Exists(Checkpoints) && Directory.Exists(Evaluations)
        && Holds(BeforeACheckpoint))
        && Entries(Checkpoints).All(static entry => Path.GetFileName(entry).StartsWith(Unfinished, StringComparison.Ordinal))
        && !Entries(Evaluations).Any()
        && Entries(TensorBoard).All(static entry => Path.GetFileName(entry).StartsWith(EventFiles, StringComparison.Ordinal));

    /// <summary>Whether its making was ended before the recipe had its name: there is nothing but empty folders and what locks and recipes
    /// are written as.</summary>
    private bool HasNoRecipe => Directory.Exists(Root) && Holds([LockFile, Recipe + AtomicFile.Unfinished]);

    private bool Holds(IEnumerable<string> files) =>
        Entries(Root).All(files.Append(Checkpoints).Append(Evaluations).Append(TensorBoard).Contains);

    private static IEnumerable<string> Entries(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder)
        : [];

    private string[] BeforeACheckpoint =>
        [Recipe, Environment, Pictures, Metrics, Losses, Views, LockFile, StopFile, Failure, Teacher,
            .. new[] { Recipe, Environment, Pictures, Views, Failure, Teacher }.Select(static file => file + AtomicFile.Unfinished)];

    /// <summary>Deletes a run's own files, and folders that are empty then. Other people's files stay.</summary>
    internal void Clear()
    {
        foreach (string file in BeforeACheckpoint.Concat(Entries(TensorBoard))) File.Delete(file);
        foreach (string folder in new[] { Checkpoints, Evaluations, TensorBoard, Root })
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    /// <summary>Checks that a run is there.</summary>
    /// <exception cref="MocoException">No run is there.</exception>
    public void MustExist()
    {
        if (File.Exists(Root))
            throw new MocoException(ErrorIds.NoRun, "this is a file, and a run's folder is asked for", at: Root,
                fix: "name the folder that 'moco train … --run FOLDER' made; an encoder's file alone goes to 'moco eval knn' or "
                + "'moco eval linear'");
        if (!File.Exists(Recipe) && Steps().Count == 0)
            throw new MocoException(ErrorIds.NoRun, Directory.Exists(Root) ? "the folder holds no run: it has no recipe.yaml"
                : "there is no such folder", at: Root,
                fix: HasNoRecipe && Entries(Root).Any()
                ? $"it was stopped before it had begun; begin it: moco train … --run {CommandText.Quoted(Root)}"
                : "name the folder that 'moco train … --run FOLDER' made");
    }

    /// <summary>Checks that the run's encoder is there.</summary>
    /// <exception cref="MocoException">MS4003: there is none, or none yet.</exception>
    internal void MustHaveEncoder()
    {
        if (File.Exists(Encoder)) return;
        if (Steps() is [long newest, ..])
            throw new MocoException(ErrorIds.NoRun, "the run's encoder.safetensors is gone, and its checkpoints are there", at: Root,
                fix: $"test a checkpoint: --checkpoint {newest}; 'moco resume' writes the file anew when it writes the next checkpoint");
        throw new MocoException(ErrorIds.NoRun, "the run has no encoder yet: it was stopped before its first checkpoint", at: Root,
            fix: $"train it further: moco resume {CommandText.Quoted(Root)}");
    }

    /// <summary>Whether a process trains in this folder now.</summary>
    public bool IsInUse()
    {
        try
        {
            if (File.Exists(LockFile)) new FileStream(LockFile, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException error)
        {
            return error.HResult == SharingViolation;
        }
    }

    /// <summary>Whether the training in this folder was asked to stop, and has not stopped yet.</summary>
    public bool IsAskedToStop => File.Exists(StopFile);

    /// <summary>Asks the process that trains in this folder to stop, as Ctrl+C does: after its current update, with a checkpoint. It looks
    /// once a second.</summary>
    /// <exception cref="MocoException">MS4002: the folder cannot be written.</exception>
    public void AskToStop()
    {
        try
        {
            File.WriteAllBytes(StopFile, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.RunUnwritable, $"the run's folder cannot be written: {error.Message}", at: Root,
                fix: "make room, or fix its permissions", inner: error);
        }
    }

    /// <summary>Keeps other processes out until disposed, and forgets what was asked of the one before.</summary>
    /// <exception cref="MocoException">Another process trains in this folder.</exception>
    public IDisposable Lock()
    {
        try
        {
            FileStream held = new(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            File.Delete(StopFile);
            return held;
        }
        catch (IOException error) when (error.HResult == SharingViolation)
        {
            throw new MocoException(ErrorIds.RunLocked, "another process works in this run", at: Root,
                fix: "wait for it or stop it, or train in another folder", inner: error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.RunUnwritable, $"the run's folder cannot be written: {error.Message}", at: Root,
                fix: "make room, or fix its permissions", inner: error);
        }
    }
}
