using System.Net;

namespace MocoSharp.Studio.Tests;

public sealed class RequestGuardTests : StudioBench
{
    [Theory, InlineData("evil.example"), InlineData("127.0.0.1.evil.example"), InlineData("127.0.0.1:1"), InlineData("localhost"),
        InlineData("10.0.0.1")]
    public async Task A_foreign_host_reads_nothing(string host)
    {
        foreach (string path in new[] { "/", "/api/runs", "/api/events" })
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Host = host;
            Assert.Equal(StudioErrorIds.Foreign, await ErrorOf(await Page.SendAsync(request)));
        }
    }

    [Fact]
    public async Task The_machines_own_names_are_served()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/runs");
        request.Headers.Host = $"localhost:{Studio.Address.Port}";
        using HttpResponseMessage answer = await Other.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_changed_without_the_token()
    {
        string id = await IdOf("first");
        foreach (string path in new[] { "stop", "resume", "map", "labels", "labels/undo", "labels/suggest", "find", "find/file?top=3",
            "export",
            "duplicates", "audit", "evaluations" })
            Assert.Equal(StudioErrorIds.NoToken, await ErrorOf(await Other.PostAsync($"/api/runs/{id}/{path}", null)));
        Assert.Equal(StudioErrorIds.NoToken, await ErrorOf(await Other.PostAsync("/api/jobs/1/stop", null)));
        using HttpRequestMessage wrong = new(HttpMethod.Post, $"/api/runs/{id}/stop");
        wrong.Headers.Add("X-Moco-Token", Studio.Token[..^1] + "x");
        Assert.Equal(StudioErrorIds.NoToken, await ErrorOf(await Other.SendAsync(wrong)));
        Assert.False(File.Exists(Path.Combine(Runs, "first", "stop.request")));
    }

    [Theory, InlineData("Origin", "http://evil.example"), InlineData("Origin", "null"), InlineData("Sec-Fetch-Site", "cross-site"),
        InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Another_sites_page_neither_reads_nor_writes(string header, string value)
    {
        string id = await IdOf("first");
        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Post, $"/api/runs/{id}/labels"), (HttpMethod.Get, "/api/runs"),
            (HttpMethod.Get, $"/api/runs/{id}/pictures/0/thumbnail?side=96") })
        {
            using HttpRequestMessage request = new(method, path);
            request.Headers.Add(header, value);
            Assert.Equal(StudioErrorIds.Foreign, await ErrorOf(await Page.SendAsync(request)));
        }
    }

    [Fact]
    public async Task Every_answer_forbids_what_the_page_does_not_need()
    {
        foreach (string path in new[] { "/", "/api/runs", "/nothing", "/api/runs/x" })
        {
            using HttpResponseMessage answer = await Other.GetAsync(path);
            string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Theory, InlineData("PUT"), InlineData("DELETE"), InlineData("OPTIONS"), InlineData("TRACE")]
    public async Task Other_methods_are_refused(string method)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), "/api/runs");
        Assert.Equal(StudioErrorIds.BadRequest, await ErrorOf(await Page.SendAsync(request)));
    }

    [Theory, InlineData("../../../../etc/passwd"), InlineData("..%2f..%2f..%2fetc%2fpasswd"), InlineData("%2e%2e/%2e%2e/etc/passwd"),
        InlineData("..\\..\\etc\\passwd"), InlineData("/etc/passwd"), InlineData("%00"), InlineData("....//....//etc/passwd"),
        InlineData("file:///etc/passwd"), InlineData("0/../../../../../etc/passwd")]
    public async Task No_parameter_is_a_path(string evil)
    {
        string id = await IdOf("first");
        foreach (string path in new[] { $"/{evil}", $"/assets/{evil}", $"/api/runs/{evil}", $"/api/runs/{evil}/views",
            $"/api/runs/{id}/{evil}",
            $"/api/runs/{id}/pictures/{evil}/thumbnail?side=96", $"/api/runs/{id}/pictures/0/thumbnail?side={evil}",
            $"/api/runs/{id}/pictures/0/like?top={evil}", $"/api/runs/{id}/map/columns/{evil}", $"/api/compare?runs={id},{evil}",
            $"/api/runs/{id}/confusions/{evil}/0", $"/api/jobs/{evil}/stop" })
        {
            string answer = await Raw(path);
            Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
            Assert.DoesNotMatch("^HTTP/1.1 (200|500)", answer);
        }
    }

    // HttpClient would mend the path
    private async Task<string> Raw(string path)
    {
        using System.Net.Sockets.TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Studio.Address.Port);
        await using System.Net.Sockets.NetworkStream stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{Studio.Address.Port}\r\nConnection: close\r\n\r\n"));
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
