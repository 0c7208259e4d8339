using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MocoSharp.Studio.Pictures;

/// <summary>Single pictures, by their places.</summary>
internal static class PictureEndpoints
{
    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        CollectionCache collections = services.Collections;
        api.MapGet("/runs/{id}/pictures/{place:int}", (string id, int place) => collections.UseAsync(services.Runs.Find(id),
            collection => PictureAnswer.Of(collection, collection.Require(place), services.Labels.Of(collection))));
        api.MapGet("/runs/{id}/pictures/{place:int}/thumbnail", async (string id, int place, int side, HttpContext context) =>
        {
            byte[] jpeg = await collections.UseAsync(services.Runs.Find(id),
                collection => collections.Thumbnails.GetAsync(collection, place, side, context.RequestAborted));
            context.Response.Headers.CacheControl = "private, max-age=3600";
            return Results.Bytes(jpeg, "image/jpeg");
        });
    }
}

/// <summary>What is known of a picture.</summary>
internal sealed record PictureAnswer(int Place, string Name, string? Label, string? Given, int? Cluster)
{
    internal static PictureAnswer Of(Collection collection, int place, Labeling.LabelBook labels) => new(place,
        collection.Points.Names[place], collection.Points.Labels[place], labels.Given(place),
        collection.Points.Clusters[place] is >= 0 and int cluster ? cluster : null);
}
