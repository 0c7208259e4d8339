using System.Runtime.InteropServices;
using MocoSharp.Runs;

namespace MocoSharp.Embeddings;

/// <summary>The folder <c>FILE.partial</c>: each layer's rows so far, and how far they are. After a kill the same command goes on with
/// it.</summary>
/// <remarks>A state is written when its rows are on the disk, so that a state never tells of rows that are not there. Each layer's rows are
/// a .npy file from the first batch on.</remarks>
internal sealed class PartialEmbeddings : IDisposable
{
    private const string StateName = "state.json", LockName = "lock";
    private readonly string _file, _folder;
    private readonly FileStream _lock;
    private FileStream[] _rows = [];

    private PartialEmbeddings(string file, FileStream held, EmbeddingState state)
    {
        (_file, _folder, _lock, State) = (file, FolderOf(file), held, state);
    }

    /// <summary>How far it is.</summary>
    internal EmbeddingState State { get; private set; }

    private string StatePath => Path.Combine(_folder, StateName);

    /// <summary>Where a file is while it is unfinished.</summary>
    internal static string FolderOf(string file) => file + ".partial";

    /// <summary>Opens what an earlier start left, or begins.</summary>
    /// <param name="file">The file that is to be made.</param>
    /// <param name="source">What it is of.</param>
    /// <param name="force">Whether an unfinished file of something else gives way.</param>
    /// <exception cref="MocoException">MS5102: another program writes it. MS5103: what is there is of something else.</exception>
    internal static PartialEmbeddings Open(string file, EmbeddingSource source, bool force)
    {
        string folder = FolderOf(file);
        Directory.CreateDirectory(folder);
        FileStream held = Hold(file, folder);
        try
        {
            EmbeddingState? found = EmbeddingState.Read(Path.Combine(folder, StateName));
            if (found is not null && source.Difference(found.Source) is { } difference)
            {
                if (!force)
                    throw new MocoException(ErrorIds.EmbeddingsDiffer, $"an unfinished file of this name is {difference}", at: folder,
                        fix: "give the command that it was begun with, which goes on with it; or name another file; or begin anew: "
                            + "--force");
                found = null;
            }
            PartialEmbeddings partial = new(file, held, found ?? new EmbeddingState(source, [], Rows: 0, []));
            if (found is null) partial.Clear();
            return partial;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Where a layer's rows are.</summary>
    internal static string RowsOf(string file, string layer) => Path.Combine(FolderOf(file), layer + ".rows.npy");

    /// <summary>Where one of the files is written before it gets its name.</summary>
    internal static string StagedFor(string file, string output) => Path.Combine(FolderOf(file), "staged-" + Path.GetFileName(output));

    /// <summary>Whether the files were written and only have to get their names.</summary>
    internal static bool IsStaged(string file) => EmbeddingState.Read(Path.Combine(FolderOf(file), StateName)) is { IsStaged: true };

    /// <summary>Makes the layers' files ready for the next row.</summary>
    /// <param name="rows">Rows in all.</param>
    /// <param name="dimensions">Each layer's.</param>
    internal void Begin(int rows, IReadOnlyList<int> dimensions)
    {
        State = State with { Dimensions = dimensions };
        _rows = [.. State.Source.Layers.Select(layer => new FileStream(RowsOf(_file, layer), FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.Read, bufferSize: 1 << 16))];
        for (int i = 0; i < _rows.Length; i++)
        {
            if (State.Rows == 0) _rows[i].Write(NpyFile.Head(rows, dimensions[i]));
            long length = NpyFile.HeadLength + (long)State.Rows * dimensions[i] * sizeof(float);
            _rows[i].SetLength(length);         // rows after the last state are written again
            _rows[i].Position = length;
        }
    }

    /// <summary>Adds a row to a layer.</summary>
    internal void Append(int layer, ReadOnlySpan<float> row) => _rows[layer].Write(MemoryMarshal.AsBytes(row));

    /// <summary>Brings the rows to the disk, then the state that tells of them.</summary>
    internal void Save(int rows, IReadOnlyList<UnreadablePicture> unreadable)
    {
        foreach (FileStream file in _rows) file.Flush(flushToDisk: true);
        Save(State with { Rows = rows, Unreadable = unreadable });
    }

    /// <summary>Writes a state.</summary>
    internal void Save(EmbeddingState state)
    {
        AtomicFile.Write(StatePath, state.ToBytes());
        State = state;
    }

    /// <summary>Whether a layer's rows are as many as the state tells.</summary>
    internal bool IsWhole() => State.Dimensions.Count == State.Source.Layers.Count
        && State.Source.Layers.Index().All(item => new FileInfo(RowsOf(_file, item.Item)) is { Exists: true } file
            && file.Length >= NpyFile.HeadLength + (long)State.Rows * State.Dimensions[item.Index] * sizeof(float));

    /// <summary>Forgets all rows.</summary>
    internal void Restart()
    {
        State = new EmbeddingState(State.Source, [], Rows: 0, []);
        Clear();
    }

    /// <summary>Closes the layers' files, which are whole.</summary>
    internal void EndRows()
    {
        foreach (FileStream file in _rows) file.Dispose();
        _rows = [];
    }

    /// <summary>Gives the files their names and deletes the folder.</summary>
    internal void Publish(IReadOnlyList<EmbeddingOutput> outputs)
    {
        foreach (EmbeddingOutput output in outputs)
            if (File.Exists(output.Staged)) File.Move(output.Staged, output.Path, overwrite: true);
        Delete();
    }

    /// <summary>Closes all files. The folder stays, unless it holds nothing.</summary>
    public void Dispose()
    {
        EndRows();
        if (Directory.Exists(_folder) && State.Rows == 0) Delete();
        _lock.Dispose();
    }

    // The state goes last: what a kill leaves of the rest is then still known to be done.
    private void Delete()
    {
        foreach (string old in Directory.EnumerateFiles(_folder))
            if (Path.GetFileName(old) is not (StateName or LockName)) File.Delete(old);
        Directory.Delete(_folder, recursive: true);
        _lock.Dispose();
    }

    private static FileStream Hold(string file, string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new MocoException(ErrorIds.EmbeddingsExist, $"the file cannot be begun: {error.Message}", at: file,
                fix: "wait for the other program that writes it, or name another file", inner: error);
        }
    }

    private void Clear()
    {
        foreach (string old in Directory.EnumerateFiles(_folder))
            if (Path.GetFileName(old) != LockName) File.Delete(old);
    }
}
