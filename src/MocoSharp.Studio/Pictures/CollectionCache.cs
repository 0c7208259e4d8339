using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Pictures;

/// <summary>The collections that were looked at last. They are opened once and read by many requests; one that has changed on the disk is
/// opened anew.</summary>
internal sealed class CollectionCache : IDisposable
{
    private const int MostOpen = 2;

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _open = [];

    /// <summary>Thumbnails of all of them.</summary>
    internal ThumbnailCache Thumbnails { get; } = new();

    /// <summary>Uses a run's collection. It stays open at least until the work is done.</summary>
    /// <exception cref="MocoException">As <see cref="Collection.Open"/>.</exception>
    internal async Task<T> UseAsync<T>(WatchedRun run, Func<Collection, Task<T>> work)
    {
        Entry entry = await Task.Run(() => Take(run));
        try
        {
            return await work(entry.Collection.Value);
        }
        finally
        {
            Release(entry);
        }
    }

    /// <inheritdoc cref="UseAsync{T}(WatchedRun, Func{Collection, Task{T}})"/>
    internal Task<T> UseAsync<T>(WatchedRun run, Func<Collection, T> work) =>
        UseAsync(run, collection => Task.Run(() => work(collection)));

    public void Dispose()
    {
        lock (_lock)
            foreach (Entry entry in _open) Retire(entry);
        Thumbnails.Dispose();
    }

    private Entry Take(WatchedRun run)
    {
        Entry entry;
        lock (_lock)
        {
            string mark = MarkOf(run);
            Entry? found = _open.FirstOrDefault(one => one.Run == run.Id);
            if (found is not null) _open.Remove(found);
            if (found is not null && found.Mark != mark)
            {
                Retire(found);
                Thumbnails.Forget(run.Id);
                found = null;
            }
            entry = found ?? new Entry(run.Id, mark, new Lazy<Collection>(() => Collection.Open(run)));
            entry.Users++;
            _open.AddFirst(entry);
            while (_open.Count > MostOpen)
            {
                Retire(_open.Last!.Value);
                _open.RemoveLast();
            }
        }
        try
        {
            _ = entry.Collection.Value;
            return entry;
        }
        catch
        {
            lock (_lock) _open.Remove(entry);
            throw;
        }
    }

    private void Release(Entry entry)
    {
        lock (_lock)
            if (--entry.Users == 0 && entry.IsRetired) entry.Collection.Value.Dispose();
    }

    private static void Retire(Entry entry)
    {
        entry.IsRetired = true;
        if (entry.Users == 0 && entry.Collection.IsValueCreated) entry.Collection.Value.Dispose();
    }

    private static string MarkOf(WatchedRun run) => string.Join('/', new[] { run.Kept.Map, run.Kept.Embeddings, run.Folder.Environment }
        .Select(static path => new FileInfo(path) is { Exists: true } file ? $"{file.LastWriteTimeUtc.Ticks},{file.Length}" : "-"));

    private sealed class Entry(string run, string mark, Lazy<Collection> collection)
    {
        internal string Run => run;

        internal string Mark => mark;

        internal Lazy<Collection> Collection => collection;

        internal int Users { get; set; }

        internal bool IsRetired { get; set; }
    }
}
