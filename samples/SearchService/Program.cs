// Search among the pictures of a folder, by a picture. Usage: SearchService MODEL.onnx FOLDER [--urls http://127.0.0.1:5000]
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using MocoSharp;
using MocoSharp.Embedding;
using SearchService;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: SearchService MODEL.onnx FOLDER [--urls http://127.0.0.1:5000]");
    return 2;
}
(string model, string folder) = (args[0], args[1]);
WebApplicationBuilder builder = WebApplication.CreateBuilder(args[2..]);

#region register
builder.Services.AddSingleton<IEmbeddingGenerator<DataContent, Embedding<float>>>(_ => OnnxEmbedder.Open(model));
builder.Services.AddSingleton<VectorStoreCollection<string, Picture>>(services => new MemoryCollection<Picture>(
    "pictures", static picture => picture.Name, static picture => picture.Vector,
    services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>()));
#endregion
WebApplication app = builder.Build();

#region index
var embedder = app.Services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
var pictures = app.Services.GetRequiredService<VectorStoreCollection<string, Picture>>();
await pictures.EnsureCollectionExistsAsync();
foreach (string path in Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
{
    try
    {
        Embedding<float> embedding = await embedder.GenerateAsync(await DataContent.LoadFromAsync(path, "application/octet-stream"));
        await pictures.UpsertAsync(new Picture { Name = Path.GetRelativePath(folder, path), Vector = embedding.Vector });
    }
    catch (MocoException error)
    {
        app.Logger.LogWarning("passed over: {Path}: {Error}", path, error.Message);
    }
}
#endregion

#region search
app.MapPost("/search", async (
    HttpRequest request, VectorStoreCollection<string, Picture> collection, CancellationToken cancel, int count = 5) =>
{
    DataContent query = await DataContent.LoadFromAsync(request.Body, "application/octet-stream", cancel);
    List<Hit> hits = [];
    await foreach (VectorSearchResult<Picture> hit in collection.SearchAsync(query, Math.Clamp(count, 1, 100), cancellationToken: cancel))
        hits.Add(new Hit(hit.Record.Name, hit.Score));
    return hits;
}).AddEndpointFilter(async (context, next) =>
{
    try
    {
        return await next(context);
    }
    catch (MocoException error)          // no picture, too large, broken
    {
        return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest, title: error.Id);
    }
});
#endregion

app.MapPost("/embed", async (HttpRequest request, CancellationToken cancel) =>
{
    DataContent picture = await DataContent.LoadFromAsync(request.Body, "application/octet-stream", cancel);
    return (await embedder.GenerateAsync(picture, cancellationToken: cancel)).Vector.ToArray();
});

await app.RunAsync();
return 0;

internal sealed record Hit(string Name, double? Similarity);
