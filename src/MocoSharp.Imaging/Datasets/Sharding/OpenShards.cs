using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>A shard that is open, with its index.</summary>
internal sealed class OpenShard(string path, SafeFileHandle file, ShardIndex index) : IDisposable
{
    internal string Path => path;

    internal SafeFileHandle File => file;

    internal ShardIndex Index => index;

    internal int Users { get; set; }

    internal long LastUse { get; set; }

    public void Dispose() => file.Dispose();
}

/// <summary>Keeps the shards open that are in use, and no more than some hundreds: a set may have a million. Safe to use from many
/// threads.</summary>
/// <param name="open">Opens a shard by its number.</param>
/// <param name="most">How many stay open; those in use are never closed.</param>
internal sealed class OpenShards(Func<int, OpenShard> open, int most = OpenShards.Most) : IDisposable
{
    internal const int Most = 512;

    private readonly Dictionary<int, OpenShard> _shards = [];
    private readonly Lock _gate = new();
    private long _uses;

    /// <summary>How many are open now.</summary>
    internal int Count
    {
        get { lock (_gate) return _shards.Count; }
    }

    /// <summary>Lends a shard; give it back.</summary>
    internal OpenShard Rent(int number)
    {
        lock (_gate)
            if (_shards.TryGetValue(number, out OpenShard? known))
                return Used(known);
        OpenShard opened = open(number);        // outside of the gate: a slow disk must not stop the other threads
        lock (_gate)
        {
            if (_shards.TryGetValue(number, out OpenShard? meanwhile))
            {
                opened.Dispose();
                return Used(meanwhile);
            }
            if (_shards.Count >= most)
                CloseOldest();
            _shards.Add(number, opened);
            return Used(opened);
        }
    }

    internal void Return(OpenShard shard)
    {
        lock (_gate)
            shard.Users--;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (OpenShard shard in _shards.Values)
                shard.Dispose();
            _shards.Clear();
        }
    }

    private OpenShard Used(OpenShard shard)
    {
        shard.Users++;
        shard.LastUse = ++_uses;
        return shard;
    }

    private void CloseOldest()
    {
        (int Number, OpenShard Shard)? oldest = null;
        foreach ((int number, OpenShard shard) in _shards)
            if (shard.Users == 0 && (oldest is null || shard.LastUse < oldest.Value.Shard.LastUse))
                oldest = (number, shard);
        if (oldest is not { } found)
            return;
        _shards.Remove(found.Number);
        found.Shard.Dispose();
    }
}
