using MocoSharp.Embeddings;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>How a file of embeddings is searched.</summary>
/// <param name="Top">Hits a query, 1 or more.</param>
/// <param name="WithItself">Whether a query's own picture counts among them; otherwise it comes before them.</param>
/// <param name="Layer">Which of the encoder's numbers the file holds; null for what the file says, and for the backbone where it says
/// nothing.</param>
/// <param name="Device">cpu, cuda or cuda:1; null for the run's.</param>
/// <param name="Checkpoint">As <see cref="Run.Open"/> takes it; of a run alone.</param>
/// <param name="Exact">Whether every row is compared though there is an index.</param>
public sealed record SearchOptions(
    int Top = 10, bool WithItself = false, FeatureSpace? Layer = null, string? Device = null, string? Checkpoint = null,
    bool Exact = false);

/// <summary>Finds the pictures of a file of embeddings that are most like others.</summary>
public static class PictureSearch
{
    /// <summary>From so many rows on an index saves time that one notices.</summary>
    public const int RowsThatPay = 100_000;

    private const double OwnSimilarity = 1 - 1e-3;

    /// <summary>Searches by cosine. Every row is compared, a part of the file in memory at a time; or the <see cref="SimilarityIndex"/>
    /// beside the file is asked, where there is one.</summary>
    /// <param name="model">The folder of a run, or an <c>encoder.safetensors</c>: the encoder that made the file.</param>
    /// <param name="queries">Picture files, and folders of them.</param>
    /// <param name="embeddings">The file, as <see cref="EmbeddingsFile.Open"/> takes it.</param>
    /// <param name="options">How; null for ten hits a query.</param>
    /// <param name="progress">Told what is next, and what people should know.</param>
    /// <param name="cancel">Stops between batches and parts of the file.</param>
    /// <exception cref="MocoException">MS5101: the file is damaged. MS5105: it is of another encoder or layer, or of another number of
    /// dimensions. MS5150: the index beside it is of other embeddings. MS4003, MS4010: there is no encoder. MS5005: there is no such
    /// layer.</exception>
    /// <exception cref="ImagingException">MS3203: none of the queries can be read. MS3021: a folder holds no pictures.</exception>
    public static Task<SearchResult> RunAsync(
        string model, IReadOnlyList<string> queries, string embeddings, SearchOptions? options = null,
        IProgress<RunProgress>? progress = null, CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Search(model, queries, embeddings, options ?? new SearchOptions(), progress, cancel), cancel);

    /// <summary>A row for each query: the query, then its hits.</summary>
    /// <param name="result">A search's.</param>
    /// <param name="data">The pictures that the file was made of, as they were given to <c>moco embed --data</c>.</param>
    /// <returns>The sheet, and how many hits' pictures are not there or cannot be read; their places are empty.</returns>
    /// <exception cref="MocoException">MS5106: the file has no names, or none of the data set's.</exception>
    public static (Image Sheet, int Missing) Sheet(SearchResult result, string data)
    {
        string?[] names = [.. result.Queries.SelectMany(static query => query.Hits).Select(static hit => hit.Name)];
        using NamedPictures pictures = new(data, result.Embeddings, names.OfType<string>().ToArray() is { Length: > 0 } told ? told : null);
        using QueryPictures queries = new([.. result.Queries.Select(static one => one.Query)]);
        int missing = 0;
        DecodeRequest small = new(ShorterSide: ContactSheet.DefaultTile);
        List<IReadOnlyList<Image?>> rows = [];
        foreach ((int index, SearchedPicture query) in result.Queries.Index())
            rows.Add([queries.Load(index, small), .. query.Hits.Select(hit => Load(pictures.Find(hit.Name!)))]);
        return (ContactSheet.Render(rows), missing);

        Image? Load(int place)
        {
            try
            {
                if (place >= 0) return pictures.Source.Load(place, small);
            }
            catch (BadImageException)
            {
                // counted below, and its place stays empty
            }
            missing++;
            return null;
        }
    }

    private static SearchResult Search(
        string model, IReadOnlyList<string> queries, string embeddings, SearchOptions options, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        OptionException.Require(queries.Count > 0, "queries", "none", "one picture or more");
        OptionException.Require(options.Top > 0, "top", options.Top, "a number of 1 or more");
        using EmbeddingsFile file = EmbeddingsFile.Open(embeddings, options.Layer?.Name);
        FeatureSpace layer = LayerOf(file, options);
        EmbeddingModel opened = EmbeddingWriter.Open(model, new EmbedOptions(Device: options.Device, Checkpoint: options.Checkpoint),
            progress);
        if (file.Encoder is { } other && other != opened.Checksum)
            throw Another(file, model, layer, $"its embeddings are of another encoder than that of {model}");
        if (file.Encoder is null)
            progress.Warn($"{file.Path} does not say which encoder made it: with another one than that of {model} the hits mean nothing");
        using QueryPictures pictures = new(queries);
        progress.Doing("embedding the queries");
        EmbeddedQueries asked = EmbeddedQueries.Of(opened, layer, pictures, cancel);
        if (asked.Features.Dimensions != file.Dimensions)
            throw Another(file, model, layer, $"its rows have {file.Dimensions:N0} numbers, and {layer} of {model} has "
                + $"{asked.Features.Dimensions:N0}");
        int most = Math.Min(options.Top + 1, file.PresentCount);
        using SimilarityIndex? index = options.Exact ? null : SimilarityIndex.Open(file);
        progress.Doing(index is null ? $"comparing {file.PresentCount:N0} rows" : "asking the index");
        (float, int)[][] found = index is null ? EmbeddingSearch.Nearest(file, asked.Features, most, wanted: null, cancel)
            : [.. Enumerable.Range(0, asked.Features.Count).Select(query => index.Search(asked.Features.Row(query), most)
                .Select(static hit => (hit.Similarity, hit.Row)).ToArray())];
        return new SearchResult(Path.GetFullPath(embeddings), file.PresentCount, file.Count - file.PresentCount, layer.Name,
            opened.Checksum, file.Encoder is not null,
            [.. asked.Pictures.Zip(found, (picture, hits) => Ordered(pictures.Name(picture), hits, file, options))], asked.Unreadable,
            index?.Recall);
    }

    private static FeatureSpace LayerOf(EmbeddingsFile file, SearchOptions options)
    {
        if (options.Layer is not { } wanted) return file.Layer is { } told ? new FeatureSpace(told) : FeatureSpace.Backbone;
        if (file.Layer is null || file.Layer == wanted.Name) return wanted;
        throw new MocoException(ErrorIds.OtherEmbeddings, $"the file holds the layer {file.Layer}, and {wanted} was asked for",
            at: file.Path, fix: "leave --layer out: the file says which it is");
    }

    private static MocoException Another(EmbeddingsFile file, string model, FeatureSpace layer, string what) =>
        new(ErrorIds.OtherEmbeddings, what, at: file.Path,
            fix: "name the run that made it, or make one with this run: moco embed "
            + $"{CommandText.Quoted(model)} --data DIR --layer {layer} -o FILE");

    private static SearchedPicture Ordered(string query, (float Similarity, int Row)[] found, EmbeddingsFile file, SearchOptions options)
    {
        string path = Path.GetFullPath(query);
        SearchHit[] hits = [.. found.Select(one => new SearchHit(one.Row, file.Names?[one.Row], file.Labels?[one.Row],
            Math.Clamp(one.Similarity, -1f, 1f), one.Similarity >= OwnSimilarity && IsNameOf(path, file.Names?[one.Row])))];
        SearchHit[] own = [.. hits.Where(static hit => hit.IsItself).Take(1)];
        SearchHit[] ordered = [.. own, .. hits.Where(hit => !own.Contains(hit)).Select(static hit => hit with { IsItself = false })];
        return new SearchedPicture(query, ordered[..Math.Min(ordered.Length, options.Top + (options.WithItself ? 0 : own.Length))]);
    }

    private static bool IsNameOf(string path, string? name) => name is not null
        && (path == Path.GetFullPath(name) || path.EndsWith($"/{name}", StringComparison.Ordinal));
}
