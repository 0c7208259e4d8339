using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MocoSharp.Studio.Jobs;

/// <summary>The work that pages asked for.</summary>
internal static class JobEndpoints
{
    internal static void Map(RouteGroupBuilder api, StudioServices services)
    {
        api.MapGet("/jobs", () => services.Jobs.All());
        api.MapPost("/jobs/{number:int}/stop", (int number) => services.Jobs.Stop(number));
    }
}
