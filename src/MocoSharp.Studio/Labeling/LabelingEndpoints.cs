using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Labeling;

/// <summary>Labels that are given in the studio.</summary>
internal static class LabelingEndpoints
{
    private const int MostPictures = 1_000_000;

    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        CollectionCache collections = services.Collections;
        api.MapGet("/runs/{id}/labels", (string id) => collections.UseAsync(services.Runs.Find(id),
            collection => services.Labels.Of(collection).Answer()));
        api.MapPost("/runs/{id}/labels", (string id, LabelRequest request) => collections.UseAsync(services.Runs.Find(id),
            collection => services.Labels.Of(collection).Give(collection.Require(request.Places, MostPictures), request.Label)));
        api.MapPost("/runs/{id}/labels/undo", (string id) => collections.UseAsync(services.Runs.Find(id),
            collection => services.Labels.Of(collection).Undo()));
        api.MapPost("/runs/{id}/labels/suggest", (string id, SuggestRequest request, CancellationToken cancel) => collections.UseAsync(
            services.Runs.Find(id), collection => QuietThread.Run(
                () => Suggestions.Of(services.Labels.Of(collection), request, cancel), cancel)));
    }
}

/// <summary>A label for some pictures.</summary>
/// <param name="Places">Their places.</param>
/// <param name="Label">Null takes it away.</param>
internal sealed record LabelRequest(int[]? Places, string? Label);
