using MocoSharp.Imaging;
using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Embeddings;

/// <summary>A picture that was read.</summary>
/// <param name="Set">Of which set it is.</param>
/// <param name="Row">Its row in that set's file.</param>
/// <param name="Sketch">What is kept of it.</param>
internal sealed record SketchedPicture(int Set, int Row, PictureSketch Sketch);

/// <summary>All pictures of the sets that have a row and can be read, in the order of sets and rows.</summary>
internal sealed class SketchedPictures
{
    private readonly IReadOnlyList<SketchedPicture> _pictures;
    private readonly Dictionary<(int, int), int> _places;
    private readonly int[] _firsts;

    private SketchedPictures(IReadOnlyList<SketchedPicture> pictures)
    {
        _pictures = pictures;
        _places = pictures.Index().ToDictionary(static one => (one.Item.Set, one.Item.Row), static one => one.Index);
        Dictionary<(int, UInt128), int> seen = [];
        _firsts = new int[pictures.Count];
        foreach ((int place, SketchedPicture picture) in pictures.Index())
        {
            (int, UInt128) key = (picture.Set, picture.Sketch.Checksum);
            _firsts[place] = seen.TryAdd(key, place) ? place : seen[key];
        }
    }

    internal int Count => _pictures.Count;

    internal SketchedPicture this[int place] => _pictures[place];

    /// <summary>The place of a set's row; −1 where its picture could not be read or is not there.</summary>
    internal int Find(int set, int row) => _places.GetValueOrDefault((set, row), -1);

    /// <summary>The first picture of the same set with the same pixels: mostly the picture itself.</summary>
    internal int First(int place) => _firsts[place];

    /// <summary>Rows whose picture is not in the data set, or is that of an earlier row.</summary>
    internal int NotInData { get; private init; }

    /// <summary>Pictures that have no row.</summary>
    internal int NotInFile { get; private init; }

    /// <summary>Pictures that could not be read.</summary>
    internal IReadOnlyList<UnreadablePicture> Unreadable { get; private init; } = [];

    /// <summary>Pictures of the first and of the second set with equal pixels; of each set the first.</summary>
    internal IEnumerable<(int First, int Second)> EqualAcross()
    {
        ILookup<UInt128, int> others = Enumerable.Range(0, Count).Where(place => _pictures[place].Set == 1 && _firsts[place] == place)
            .ToLookup(place => _pictures[place].Sketch.Checksum);
        return Enumerable.Range(0, Count).Where(place => _pictures[place].Set == 0 && _firsts[place] == place)
            .SelectMany(place => others[_pictures[place].Sketch.Checksum].Select(other => (place, other)));
    }

    internal int CountFlat() => _pictures.Count(static picture => picture.Sketch.IsFlat);

    /// <summary>Reads all.</summary>
    internal static SketchedPictures Read(OpenSet[] sets, CancellationToken cancel)
    {
        List<SketchedPicture> pictures = [];
        List<UnreadablePicture> unreadable = [];
        int notInData = 0, notInFile = 0;
        foreach ((int set, OpenSet one) in sets.Index())
        {
            HashSet<int> named = [];
            int[] places = [.. one.File.Names!.Select(one.Pictures.Find).Select(place => place >= 0 && named.Add(place) ? place : -1)];
            PictureSketch?[] sketches = new PictureSketch?[places.Length];
            string?[] reasons = new string?[places.Length];
            Parallel.For(0, places.Length,
                new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount },
                row => Sketch(one, places[row], out sketches[row], out reasons[row]));
            for (int row = 0; row < places.Length; row++)
            {
                if (sketches[row] is { } sketch) pictures.Add(new SketchedPicture(set, row, sketch));
                if (reasons[row] is { } reason) unreadable.Add(new UnreadablePicture(row, one.File.Names![row], reason));
            }
            notInData += places.Count(static place => place < 0);
            notInFile += one.Pictures.Source.Count - named.Count;
        }
        return new SketchedPictures(pictures) { NotInData = notInData, NotInFile = notInFile, Unreadable = unreadable };
    }

    private static void Sketch(OpenSet set, int place, out PictureSketch? sketch, out string? reason)
    {
        (sketch, reason) = (null, null);
        if (place < 0) return;
        try
        {
            sketch = set.Sketch(place);
        }
        catch (BadImageException error)
        {
            reason = error.Message;
        }
    }
}
