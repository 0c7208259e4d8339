using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MocoSharp.Studio.Finding;
using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Labeling;
using MocoSharp.Studio.Maps;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Proving;
using MocoSharp.Studio.Security;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio;

/// <summary>The studio: a server on loopback alone, with a page over a folder of runs.</summary>
/// <remarks>It serves its own page, what it reads of the runs, and their pictures decoded and written anew: never a file by a path that a
/// request names. It reads no configuration and no environment variable.</remarks>
public sealed class StudioServer : IAsyncDisposable
{
    private const int LargestRequest = 32 << 20, MostConnections = 128;

    private readonly WebApplication _app;
    private readonly StudioServices _services;

    private StudioServer(WebApplication app, StudioServices services, string token)
    {
        (_app, _services) = (app, services);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Token = token;
    }

    /// <summary>Where it listens, such as http://127.0.0.1:7878/.</summary>
    public Uri Address { get; }

    /// <summary>What requests that change something must bear in the header X-Moco-Token. Another one each time.</summary>
    public string Token { get; }

    /// <summary>The page's address with the token in its fragment, which browsers do not send.</summary>
    public Uri PageAddress => new(Address, $"#token={Token}");

    /// <summary>Begins to listen.</summary>
    /// <param name="options">What is shown, and where.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="cancel">Stops the beginning alone; <see cref="DisposeAsync"/> ends the server.</param>
    /// <exception cref="MocoException">MS5320: the page was not built. MS5326: the port is taken. MS5327: there is no such
    /// folder.</exception>
    public static async Task<StudioServer> StartAsync(StudioOptions options, TimeProvider? time = null, CancellationToken cancel = default)
    {
        options = options.InBounds();
        PageFiles page = PageFiles.Read(options.Page);
        StudioServices services = StudioServices.Open(options, time ?? TimeProvider.System);
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        WebApplication app = Build(options.Port, token, page, services);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException error)
        {
            await app.DisposeAsync();
            await services.DisposeAsync();
            throw new MocoException(StudioErrorIds.CannotListen, $"port {options.Port} cannot be listened on: {error.Message}",
                fix: "name another one: --port 0 takes a free one", inner: error);
        }
        return new StudioServer(app, services, token);
    }

    /// <summary>Ends the server: open streams are closed, trainings that it resumed are asked to stop and write their checkpoints, other
    /// work is ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        using (CancellationTokenSource patience = new(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(int port, string token, PageFiles page, StudioServices services)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        RequestGuard guard = new(token);
        app.Use(static next => context => ErrorAnswers.Catch(context, next));
        app.Use(next => context => guard.Check(context, next));
        app.UseRouting();
        page.Map(app);
        RouteGroupBuilder api = app.MapGroup("/api");
        WatchEndpoints.Map(api, services);
        JobEndpoints.Map(api, services);
        PictureEndpoints.Map(api, services);
        MapEndpoints.Map(api, services);
        FindingEndpoints.Map(api, services);
        LabelingEndpoints.Map(api, services);
        ProvingEndpoints.Map(api, services);
        return app;
    }
}
