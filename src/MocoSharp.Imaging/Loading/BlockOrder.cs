namespace MocoSharp.Imaging.Loading;

/// <summary>Files in random order, pictures within a buffer: nearly as mixed as an exact shuffle, and each file is read by few, from its
/// start to its end.</summary>
/// <remarks>
/// The files, shuffled and laid end to end, make a circle that is entered at a random place and cut into as many lanes of equal length as a
/// batch has places. Place s of every batch comes from lane s, and each lane is shuffled within windows; all windows together are the
/// buffer. So a batch is drawn from all over the set, lanes end together, whatever the files' sizes, and ranks that take neighboring places
/// of each batch read neighboring files, each its own share. What does not fill the last batch comes last.
/// Memory: the buffer, and one number a file.
/// </remarks>
internal sealed class BlockOrder : EpochOrder
{
    private const long LaneAddress = -2;
    private readonly ulong _seed;
    private readonly int _epoch, _batch, _perLane, _window, _count, _entry;
    private readonly int[] _starts, _firsts;       // in the shuffled order: where a file starts there, and its first picture's index
    private readonly (int Number, int[] Places)[] _bands = [(-1, []), (-1, [])];

    internal BlockOrder(IReadOnlyList<int> blocks, LoaderOptions options, int epoch)
    {
        (_seed, _epoch, _batch) = (options.Seed, epoch, options.BatchSize);
        int[] order = [.. Enumerable.Range(0, blocks.Count)], firsts = new int[blocks.Count];
        for (int i = 1; i < firsts.Length; i++)
            firsts[i] = checked(firsts[i - 1] + blocks[i - 1]);
        _count = checked(firsts[^1] + blocks[^1]);
        Rng rng = Rng.For(_seed, epoch, sample: Address);
        rng.Shuffle(order.AsSpan());
        _entry = rng.NextInt32(_count);
        (_starts, _firsts) = (new int[order.Length], [.. order.Select(block => firsts[block])]);
        for (int i = 1; i < _starts.Length; i++)
            _starts[i] = _starts[i - 1] + blocks[order[i - 1]];
        _perLane = _count / _batch;
        _window = Math.Clamp((options.ShuffleBuffer + _batch - 1) / _batch, 1, _perLane);
    }

    /// <summary>Of one reader: loaders ask under their gate.</summary>
    internal override int this[int position]
    {
        get
        {
            (int row, int lane) = Math.DivRem(position, _batch);
            if (row >= _perLane)
                return PictureAt(position);
            (int band, int at) = Math.DivRem(row, _window);
            return PictureAt(lane * _perLane + Band(band)[lane * _window + at]);
        }
    }

    /// <summary>The places in their lanes of all lanes' windows of one number.</summary>
    private int[] Band(int number)
    {
        ref (int Number, int[] Places) kept = ref _bands[number % _bands.Length];
        if (kept.Number == number)
            return kept.Places;
        int first = number * _window, length = Math.Min(_window, _perLane - first);
        int[] places = new int[_batch * _window];
        for (int lane = 0; lane < _batch; lane++)
        {
            Span<int> window = places.AsSpan(lane * _window, length);
            for (int i = 0; i < length; i++)
                window[i] = first + i;
            Rng.For(_seed, _epoch, LaneAddress - lane, number).Shuffle(window);
        }
        kept = (number, places);
        return places;
    }

    private int PictureAt(int place)
    {
        int turned = (int)(((long)place + _entry) % _count), file = Array.BinarySearch(_starts, turned);
        file = file < 0 ? ~file - 1 : file;
        return _firsts[file] + turned - _starts[file];
    }
}
