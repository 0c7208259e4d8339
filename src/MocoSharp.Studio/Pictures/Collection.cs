using MocoSharp.Embeddings;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Pictures;

/// <summary>The pictures of a run's map: where each lies, what is known of it, and itself. A request names a picture by its place
/// here.</summary>
internal sealed class Collection : IDisposable
{
    private readonly DataSplits? _data;
    private readonly IImageSource? _source;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    private Collection(WatchedRun run, MapPoints points, EmbeddingsFile? embeddings, DataSplits? data, string? noPictures)
    {
        (Run, Points, Embeddings, _data, NoPictures) = (run, points, embeddings, data, noPictures);
        for (int i = 0; i < points.Count; i++) _places.TryAdd(points.Names[i], i);
        Rows = new int[points.Count];
        PlaceOfRow = embeddings is null ? [] : new int[embeddings.Count];
        Array.Fill(Rows, -1);
        Array.Fill(PlaceOfRow, -1);
        for (int row = 0; row < PlaceOfRow.Length; row++)
            if (embeddings!.Names is { } names && _places.TryGetValue(names[row], out int place)) (Rows[place], PlaceOfRow[row]) = (row,
                place);
        InSource = new int[points.Count];
        Array.Fill(InSource, -1);
        _source = data?.Whole();
        for (int i = 0; i < (_source?.Count ?? 0); i++)
            if (_places.TryGetValue(_source!.Name(i), out int place)) InSource[place] = i;
    }

    internal WatchedRun Run { get; }

    internal MapPoints Points { get; }

    /// <summary>Null where the run's studio folder has none.</summary>
    internal EmbeddingsFile? Embeddings { get; }

    /// <summary>[N]: the row of each picture among <see cref="Embeddings"/>, −1 for none.</summary>
    internal int[] Rows { get; }

    /// <summary>The other way.</summary>
    internal int[] PlaceOfRow { get; }

    /// <summary>Why pictures cannot be shown; null where they can.</summary>
    internal string? NoPictures { get; }

    private int[] InSource { get; }

    /// <summary>Opens what the studio keeps of a run.</summary>
    /// <exception cref="MocoException">MS5325: there is no map. MS5324: it cannot be read. MS5101: the embeddings are damaged.</exception>
    internal static Collection Open(WatchedRun run)
    {
        MapPoints points = MapPoints.Read(run.Kept.Map);
        EmbeddingsFile? embeddings = File.Exists(run.Kept.Embeddings) ? EmbeddingsFile.Open(run.Kept.Embeddings) : null;
        try
        {
            return new Collection(run, points, embeddings, DataSets.Open(run.Environment().Data[0]), noPictures: null);
        }
        catch (Exception error) when (error is MocoException or IOException or UnauthorizedAccessException)
        {
            return new Collection(run, points, embeddings, data: null, error.Message);
        }
    }

    /// <summary>A picture's place; −1 where there is none of this name.</summary>
    internal int Find(string name) => _places.GetValueOrDefault(name, -1);

    /// <exception cref="MocoException">MS5321: there is no such picture.</exception>
    internal int Require(int place) => place >= 0 && place < Points.Count ? place
        : throw new MocoException(StudioErrorIds.NotFound, "there is no picture of this number");

    /// <exception cref="MocoException">MS5324: too many, or one that is not there.</exception>
    internal int[] Require(int[]? places, int most)
    {
        if (places is null or [] || places.Length > most)
            throw new MocoException(StudioErrorIds.BadRequest, $"{places?.Length ?? 0} pictures are named", fix: $"name 1 to {most:N0}");
        foreach (int place in places) _ = Require(place);
        return places;
    }

    /// <exception cref="MocoException">MS5325: there are none.</exception>
    internal EmbeddingsFile RequireEmbeddings() => Embeddings
        ?? throw new MocoException(StudioErrorIds.NoMap, "the studio has no embeddings of this run's pictures", at: Run.Kept.Root,
            fix: "make the map anew");

    /// <summary>Decodes a picture.</summary>
    /// <exception cref="MocoException">MS5321: the picture is not there any more.</exception>
    /// <exception cref="Imaging.BadImageException">It cannot be read.</exception>
    internal Imaging.Image Load(int place, Imaging.Codecs.DecodeRequest request) => InSource[Require(place)] is >= 0 and int index
        ? _source!.Load(index, request)
        : throw new MocoException(StudioErrorIds.NotFound, NoPictures ?? "the picture is not among the run's any more");

    public void Dispose()
    {
        Embeddings?.Dispose();
        _data?.Dispose();
    }
}
