using System.Net;
using System.Net.Sockets;
using System.Text;
using MocoSharp.Cli.Tests.Campaigns;

namespace MocoSharp.Cli.Tests;

/// <summary>A training tells a collector that the environment names.</summary>
public sealed class TelemetryExportTests : Workbench
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_collector_gets_metrics_and_spans_with_their_names()
    {
        using HttpListener collector = Listening(out string address);
        Task<SortedDictionary<string, string>> received = ReceiveAsync(collector);
        using ToolProcess tool = Start(address);
        tool.Finish(s_longest).Succeeded();
        collector.Stop();
        SortedDictionary<string, string> bodies = await received;
        Assert.Equal(["/v1/metrics", "/v1/traces"], bodies.Keys);
        foreach (string name in new[] { "images", "updates", "wait.pictures", "wait.ranks", "sent", "loss", "learning_rate", "knn" })
            Assert.Contains($"mocosharp.training.{name}", bodies["/v1/metrics"], StringComparison.Ordinal);
        foreach (string name in new[] { "epoch", "test", "checkpoint" })
            Assert.Contains(name, bodies["/v1/traces"], StringComparison.Ordinal);
        Assert.All(bodies.Values, static body => Assert.Contains("service.name", body, StringComparison.Ordinal));
    }

    [Fact]
    public void A_collector_that_is_not_there_is_told_and_the_training_ends_well()
    {
        HttpListener nobody = Listening(out string address);
        nobody.Close();
        using ToolProcess tool = Start(address);
        Tool ended = tool.Finish(s_longest).Succeeded();
        Assert.Contains($"the collector at {address} did not take the metrics", ended.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_address_is_refused_before_the_training_begins()
    {
        using ToolProcess tool = Start("collector:4317");
        Tool ended = tool.Finish(s_longest);
        Assert.Equal(ExitCode.Failed, ended.Code);
        Assert.StartsWith("error MS5352: OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("run")));
    }

    private ToolProcess Start(string address) => ToolProcess.Start(
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        }, "train", Recipe, "--data", Pictures(), "--run", At("run"), "--threads", "1", "--epochs", "1");

    private static HttpListener Listening(out string address)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        address = $"http://127.0.0.1:{port}";
        HttpListener listener = new();
        listener.Prefixes.Add($"{address}/");
        listener.Start();
        return listener;
    }

    /// <summary>All that comes for each path, until the listener is stopped.</summary>
    private static async Task<SortedDictionary<string, string>> ReceiveAsync(HttpListener listener)
    {
        SortedDictionary<string, string> bodies = new(StringComparer.Ordinal);
        while (true)
        {
            HttpListenerContext request;
            try
            {
                request = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return bodies;
            }
            using StreamReader body = new(request.Request.InputStream, Encoding.Latin1);
            string path = request.Request.Url!.AbsolutePath;
            bodies[path] = bodies.GetValueOrDefault(path) + await body.ReadToEndAsync();
            request.Response.Close();
        }
    }
}
