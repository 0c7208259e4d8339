using System.Numerics.Tensors;
using Microsoft.AspNetCore.Http;
using MocoSharp.Embeddings;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Finding;

/// <summary>Pictures that are most like others.</summary>
/// <param name="Places">The nearest first.</param>
/// <param name="Similarities">Their cosines.</param>
internal sealed record LookAlikes(int[] Places, float[] Similarities)
{
    /// <summary>Pictures of a selection that are asked about at most.</summary>
    internal const int MostAsked = 10_000;

    private const int MostFound = 1000;
    private const long LargestFile = 32 << 20;

    /// <summary>Of some of the collection's own: by the mean of their directions. They themselves are left out.</summary>
    /// <exception cref="MocoException">MS5325: there are no embeddings, or none of these pictures. MS5324: the count is out of
    /// range.</exception>
    internal static LookAlikes Of(Collection collection, int[] places, int top, CancellationToken cancel)
    {
        EmbeddingsFile file = collection.RequireEmbeddings();
        RequireTop(top);
        float[] mean = new float[file.Dimensions], row = new float[file.Dimensions];
        int known = 0;
        foreach (int place in places)
        {
            if (collection.Rows[place] is not (>= 0 and int at) || !file.IsPresent(at)) continue;
            file.Read(at, row);
            float length = TensorPrimitives.Norm<float>(row);
            if (length == 0) continue;
            TensorPrimitives.Divide(row, length, row);
            TensorPrimitives.Add(mean, row, mean);
            known++;
        }
        if (known == 0)
            throw new MocoException(StudioErrorIds.NoMap, "these pictures have no embeddings", at: file.Path, fix: "make the map anew");
        HashSet<int> own = [.. places];
        int asked = Math.Min(file.PresentCount, top + own.Count);
        IEnumerable<RowHit> hits = file.Nearest(mean, asked, cancel)[0].Where(hit => collection.PlaceOfRow[hit.Row] is >= 0 and int place
            && !own.Contains(place)).Take(top);
        return Of(hits.Select(hit => (collection.PlaceOfRow[hit.Row], hit.Similarity)));
    }

    /// <summary>Of a picture from elsewhere: it is embedded by the run's encoder.</summary>
    /// <exception cref="MocoException">MS5325: there are no embeddings. MS5329: the picture is too large.</exception>
    /// <exception cref="Imaging.ImagingException">It cannot be read.</exception>
    internal static async Task<LookAlikes> OfFileAsync(Collection collection, HttpRequest request, int top)
    {
        EmbeddingsFile file = collection.RequireEmbeddings();
        RequireTop(top);
        if (request.ContentLength is null or 0 or > LargestFile)
            throw new MocoException(StudioErrorIds.TooLarge, $"a picture of {request.ContentLength ?? 0:N0} bytes is not read",
                fix: $"drop one of up to {LargestFile:N0} bytes");
        string folder = Directory.CreateTempSubdirectory("moco-studio-").FullName, path = Path.Combine(folder, "dropped");
        try
        {
            using (FileStream dropped = File.Create(path)) await request.Body.CopyToAsync(dropped, request.HttpContext.RequestAborted);
            SearchResult result = await PictureSearch.RunAsync(collection.Run.Folder.Root, [path], file.Path, new SearchOptions(top),
                cancel: request.HttpContext.RequestAborted);
            return Of(result.Queries[0].Hits.Select(hit => (collection.PlaceOfRow[hit.Row], (float)hit.Similarity)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LookAlikes Of(IEnumerable<(int Place, float Similarity)> hits)
    {
        (int Place, float Similarity)[] found = [.. hits.Where(static hit => hit.Place >= 0)];
        return new LookAlikes([.. found.Select(static hit => hit.Place)], [.. found.Select(static hit => hit.Similarity)]);
    }

    private static void RequireTop(int top)
    {
        if (top is < 1 or > MostFound)
            throw new MocoException(StudioErrorIds.BadRequest, $"{top} pictures cannot be asked for", fix: $"ask for 1 to {MostFound:N0}");
    }
}
