using System.Security.Cryptography;
using System.Text.Json;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Optim;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Runs;

/// <summary>Writes, checks and reads a run's checkpoints.</summary>
/// <remarks>Each is a folder that gets its name only when all its files are on the disk, so a kill at any moment leaves a loadable
/// one.</remarks>
internal sealed class CheckpointStore(RunFolder folder)
{
    internal const string Weights = "weights.safetensors", OptimizerFile = "optimizer.safetensors", ProbeFile = "probe.safetensors",
        State = "state.json";

    /// <summary>Writes one; the state's checksums are filled in here.</summary>
    /// <exception cref="MocoException">The disk is full or cannot be written. Earlier checkpoints are untouched.</exception>
    internal void Write(CheckpointState state, Method method, Optimizer optimizer, LossLog? losses = null, ICheckpointPart? probe = null)
    {
        string unfinished = folder.UnfinishedCheckpoint(state.Step), final = folder.Checkpoint(state.Step);
        try
        {
            losses?.Write();
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
            Directory.CreateDirectory(unfinished);
            Safetensors.Write(Path.Combine(unfinished, Weights), method.State());
            Safetensors.Write(Path.Combine(unfinished, OptimizerFile), optimizer.State);
            if (probe is not null)
                using (TensorScope.Begin()) Safetensors.Write(Path.Combine(unfinished, ProbeFile), probe.State());
            string[] files = probe is null ? [Weights, OptimizerFile] : [Weights, OptimizerFile, ProbeFile];
            state = state with { Files = files.ToDictionary(static name => name, name => Checksum(Path.Combine(unfinished, name))) };
            AtomicFile.Write(Path.Combine(unfinished, State), CheckpointStateFile.Bytes(state));
            Runtime.SyncFolder(unfinished);
            if (Directory.Exists(final))        // the same step written again, after a resume
            {
                if (HoldsTheSame(state))     // the weights; what is known of the epoch may be more
                {
                    AtomicFile.Write(Path.Combine(final, State), File.ReadAllBytes(Path.Combine(unfinished, State)));
                    Runtime.SyncFolder(final);
                    Directory.Delete(unfinished, recursive: true);
                    return;
                }
                Directory.Delete(final, recursive: true);
            }
            Directory.Move(unfinished, final);
            Runtime.SyncFolder(folder.Checkpoints);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or TorchException { Id: TorchErrorIds.NativeCall })
        {
            throw new MocoException(ErrorIds.CheckpointUnwritable, $"checkpoint {state.Step} cannot be written: {error.Message}",
                at: folder.Checkpoints,
                fix: "make room or fix the permissions, then 'moco resume' goes on from the checkpoint before it", inner: error);
        }
    }

    /// <summary>Deletes checkpoints beyond the newest few and the best.</summary>
    /// <param name="keep">How many stay, the one just written included.</param>
    /// <param name="newest">The step just written: what lies behind it was passed over as damaged, and counts for nothing.</param>
    /// <param name="best">The step that stays however old it is.</param>
    internal void Retain(int keep, long newest, long? best)
    {
        foreach (long step in folder.Steps().Where(step => step <= newest).Skip(keep))
            if (step != best) Directory.Delete(folder.Checkpoint(step), recursive: true);
        if (!Directory.Exists(folder.Checkpoints)) return;
        foreach (string left in Directory.EnumerateDirectories(folder.Checkpoints, ".unfinished-*"))
            Directory.Delete(left, recursive: true);
        foreach (string left in Directory.EnumerateFiles(folder.Checkpoints, "*" + AtomicFile.Unfinished, SearchOption.AllDirectories))
            File.Delete(left);
    }

    /// <summary>The newest checkpoint whose files are whole; null when there is none at all.</summary>
    /// <param name="damaged">Told of each that was passed over: damaged, or of another run.</param>
    /// <param name="run">The run's environment; null where that is lost.</param>
    /// <exception cref="MocoException">There are checkpoints, and every one is damaged.</exception>
    internal CheckpointState? Newest(Action<string> damaged, RunEnvironment? run)
    {
        IReadOnlyList<long> steps = folder.Steps();
        foreach (long step in steps)
        {
            try
            {
                return Verify(step, run);
            }
            catch (MocoException error)
            {
                damaged(error.Message);
            }
        }
        string all = steps.Count == 1 ? "the checkpoint of the run is" : $"all {steps.Count} checkpoints of the run are";
        return steps.Count == 0 ? null
            : throw new MocoException(ErrorIds.CheckpointDamaged, $"{all} damaged, or of another run", at: folder.Checkpoints,
                fix: "restore the folder from a backup, or train anew");
    }

    /// <summary>Puts a checkpoint's values into a method and an optimizer.</summary>
    /// <param name="state">The checkpoint's.</param>
    /// <param name="method">Gets the weights.</param>
    /// <param name="optimizer">Gets its moments; null for none.</param>
    /// <param name="probe">Gets its weights; null for none.</param>
    /// <param name="places">Where each of the method's pictures was when the checkpoint was written, −1 for new ones; null where they are
    /// the same.</param>
    internal void Load(CheckpointState state, Method method, Optimizer? optimizer, ICheckpointPart? probe = null, int[]? places = null)
    {
        string path = folder.Checkpoint(state.Step);
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile weights = Safetensors.Open(Path.Combine(path, Weights));
        method.Load(places is null ? weights.ReadAll() : MemoryBank.Placed(weights.ReadAll(), method, places), Path.Combine(path, Weights));
        if (optimizer is null) return;
        using SafetensorsFile moments = Safetensors.Open(Path.Combine(path, OptimizerFile));
        Dictionary<string, Tensor> values = new(moments.ReadAll());
        values.TryAdd("updates", Tensor.Full([], state.Step, DType.Int64));        // older versions kept the count elsewhere
        optimizer.Restore(values, Path.Combine(path, OptimizerFile));
        if (probe is null) return;
        using SafetensorsFile classifier = Safetensors.Open(Path.Combine(path, ProbeFile));
        probe.Load(classifier, Path.Combine(path, ProbeFile));
    }

    /// <summary>What the newest checkpoint of the run that can tell says of recipe and environment; null where none can. Weights are not
    /// looked at.</summary>
    /// <param name="run">The run's environment, where it is known from elsewhere.</param>
    internal CheckpointState? Witness(RunEnvironment? run)
    {
        foreach (long step in folder.Steps())
        {
            try
            {
                if (ReadState(step, run) is { Environment: not null, Recipe: not null } state) return state;
            }
            catch (MocoException)
            {
                // loading the checkpoint tells of it
            }
        }
        return null;
    }

    private CheckpointState ReadState(long step, RunEnvironment? run)
    {
        string path = folder.Checkpoint(step);
        try
        {
            CheckpointState state = CheckpointStateFile.Read(File.ReadAllBytes(Path.Combine(path, State)));
            if (state.Step != step) throw new JsonException($"{State} is that of step {state.Step}");
            if (run is not null && !run.Owns(state.Environment?.Identity))
                throw new MocoException(ErrorIds.AnotherRuns, $"{path} is of another run: recipe or pictures are not this one's", at: path);
            return state;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new MocoException(ErrorIds.CheckpointDamaged, $"{path} is damaged: {error.Message}", at: path, inner: error);
        }
    }

    internal CheckpointState Verify(long step, RunEnvironment? run)
    {
        string path = folder.Checkpoint(step);
        CheckpointState state = ReadState(step, run);
        try
        {
            foreach ((string name, string checksum) in state.Files)
                if (Checksum(Path.Combine(path, name)) != checksum)
                    throw new MocoException(ErrorIds.CheckpointDamaged, $"{Path.Combine(path, name)} is damaged: its checksum differs",
                        at: path);
            return state;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new MocoException(ErrorIds.CheckpointDamaged, $"{path} is damaged: {error.Message}", at: path, inner: error);
        }
    }

    private bool HoldsTheSame(CheckpointState state)
    {
        try
        {
            IReadOnlyDictionary<string, string> there = Verify(state.Step, state.Environment).Files;
            return there.Count == state.Files.Count && state.Files.All(file => there.GetValueOrDefault(file.Key) == file.Value);
        }
        catch (MocoException)
        {
            return false;
        }
    }

    internal static string Checksum(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
