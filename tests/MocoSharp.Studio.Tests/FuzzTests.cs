using System.Globalization;
using System.Net;
using System.Text;
using MocoSharp.Imaging;

namespace MocoSharp.Studio.Tests;

/// <summary>Requests that nobody would send. MOCOSHARP_STUDIO_FUZZ says how many; 3,000 without it.</summary>
public sealed class FuzzTests : StudioBench
{
    private const int Usual = 3000;
    private const long MostGrowth = 200 << 20;

    private static readonly string[] s_pieces = ["", "0", "-1", "35", "36", "99999999999999999999", "..", "%2e%2e", "%00", "a", "NaN",
        "'\"<>", "epochs", "folder", "audit", "duplicates", "resume", "thumbnail", "like",
        "map", "points", "columns", "labels", "undo", "suggest", "find", "file", "export", "confusions", "evaluations", "pictures",
        "views", "course", "stop", "jobs", "compare", "runs", "events%20", "ü", "%f0%9f%98%80"];

    private static readonly string[] s_bodies = ["", "{}", "[]", "null", "{\"places\":[0,1]}", "{\"places\":[-1]}", "{\"places\":[1e99]}",
        "{\"places\":null,\"label\":5}", "{\"places\":[0],\"label\":\"a\"}", "{\"count\":-1}", "{\"test\":\"rm\"}", "{\"places\":",
            "\0\u0001"];

    [Fact]
    public async Task No_request_finds_a_mistake_and_memory_stays()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("MOCOSHARP_STUDIO_FUZZ"), NumberStyles.None,
            CultureInfo.InvariantCulture, out int asked) ? asked : Usual;
        string id = await IdOf("first");
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == count / 3) before = Environment.WorkingSet;
            Rng rng = Rng.For(7, i);
            using HttpRequestMessage request = Request(id, ref rng);
            HttpResponseMessage answer;
            try
            {
                answer = await Page.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            }
            catch (HttpRequestException)
            {
                continue;       // the connection was closed: the request was no HTTP
            }
            using (answer)
                Assert.True((int)answer.StatusCode < 500, $"{request.Method} {request.RequestUri}: {answer.StatusCode}");
        }
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, MostGrowth);
        using HttpResponseMessage alive = await Page.GetAsync("/api/runs");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    private HttpRequestMessage Request(string id, ref Rng rng)
    {
        StringBuilder path = new(rng.NextInt32(4) == 0 ? "/" : $"/api/runs/{id}");
        int pieces = rng.NextInt32(5);
        for (int i = 0; i < pieces; i++) path.Append('/').Append(s_pieces[rng.NextInt32(s_pieces.Length)]);
        if (rng.NextInt32(2) == 0)
            path.Append(rng.NextInt32(2) == 0 ? "?top=" : "?side=").Append(s_pieces[rng.NextInt32(s_pieces.Length)]);
        bool isPost = rng.NextInt32(3) == 0;
        HttpRequestMessage request = new(isPost ? HttpMethod.Post : HttpMethod.Get, new Uri($"{Studio.Address}{path.ToString(1,
            path.Length - 1)}"));
        if (isPost) request.Content = new StringContent(s_bodies[rng.NextInt32(s_bodies.Length)], Encoding.UTF8, "application/json");
        return request;
    }
}
