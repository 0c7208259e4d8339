using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp.Studio.Pictures;

/// <summary>Thumbnails that were made, up to so many bytes; those that nobody has asked for longest go first.</summary>
internal sealed class ThumbnailCache : IDisposable
{
    private const long MostBytes = 96 << 20;
    private const int Quality = 82, AtOnce = 2, Overhead = 200;

    private static readonly int[] s_sides = [48, 96, 192, 640];

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _decoders = new(AtOnce);       // a training beside it keeps its processors
    private readonly Dictionary<Key, LinkedListNode<(Key Key, byte[] Jpeg)>> _known = [];
    private readonly LinkedList<(Key Key, byte[] Jpeg)> _byUse = [];
    private long _bytes;

    /// <summary>Bytes that are held.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>A picture as JPEG.</summary>
    /// <param name="collection">Its collection.</param>
    /// <param name="place">Its place there.</param>
    /// <param name="side">The longer side in pixels: 48, 96, 192 or 640.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="MocoException">MS5321: there is no such picture. MS5324: no such side.</exception>
    /// <exception cref="BadImageException">It cannot be read.</exception>
    internal async Task<byte[]> GetAsync(Collection collection, int place, int side, CancellationToken cancel)
    {
        if (!s_sides.Contains(side))
            throw new MocoException(StudioErrorIds.BadRequest, $"there are no thumbnails of {side} pixels",
                fix: $"ask for one of {string.Join(", ", s_sides)}");
        Key key = new(collection.Run.Id, collection.Require(place), side);
        if (Known(key) is { } known) return known;
        await _decoders.WaitAsync(cancel);
        try
        {
            if (Known(key) is { } meanwhile) return meanwhile;
            byte[] jpeg = await Task.Run(() => Make(collection, place, side), cancel);
            Keep(key, jpeg);
            return jpeg;
        }
        finally
        {
            _decoders.Release();
        }
    }

    /// <summary>Forgets those of a run.</summary>
    internal void Forget(string run)
    {
        lock (_lock)
            foreach (LinkedListNode<(Key Key, byte[] Jpeg)> node in _known.Values.Where(node => node.Value.Key.Run == run).ToArray())
                Drop(node);
    }

    public void Dispose() => _decoders.Dispose();

    // deep pictures are spread, each by itself: people shall see something
    private static byte[] Make(Collection collection, int place, int side) => ImageEncoder.Jpeg(
        Thumbnail.Of(collection.Load(place, new DecodeRequest(ShorterSide: side, Range: SampleRange.OfPicture)), side), Quality);

    private byte[]? Known(Key key)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(key, out LinkedListNode<(Key Key, byte[] Jpeg)>? node)) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Jpeg;
        }
    }

    private void Keep(Key key, byte[] jpeg)
    {
        lock (_lock)
        {
            if (_known.ContainsKey(key)) return;
            _known.Add(key, _byUse.AddFirst((key, jpeg)));
            _bytes += jpeg.Length + Overhead;
            while (_bytes > MostBytes) Drop(_byUse.Last!);
        }
    }

    private void Drop(LinkedListNode<(Key Key, byte[] Jpeg)> node)
    {
        _byUse.Remove(node);
        _known.Remove(node.Value.Key);
        _bytes -= node.Value.Jpeg.Length + Overhead;
    }

    private readonly record struct Key(string Run, int Place, int Side);
}
