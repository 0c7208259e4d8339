using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Embedding.Tests;

/// <summary>The sample <c>SearchService</c>, a process of its own, asked over HTTP.</summary>
public sealed partial class SearchServiceTests : IDisposable
{
    private readonly ExportedEncoder _exported = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pictures_are_found_by_a_changed_copy_of_themselves()
    {
        Directory.CreateDirectory(_exported.At("pictures"));
        for (ulong seed = 1; seed <= 8; seed++) _exported.Written($"pictures/{seed}.png", ImageEncoder.Png(Scenes.Of(seed)));
        _exported.Written("pictures/notes.txt", "no picture"u8.ToArray());
        using Process service = Process.Start(new ProcessStartInfo("dotnet",
            [Program(), _exported.Model, _exported.At("pictures"), "--urls", "http://127.0.0.1:0"])
        { RedirectStandardOutput = true })!;
        try
        {
            (string address, string log) = await Address(service);
            Assert.Contains("notes.txt", log, StringComparison.Ordinal);
            using HttpClient client = new() { BaseAddress = new Uri(address) };
            byte[] query = ImageEncoder.Jpeg(Scenes.Changed(Scenes.Of(3), "cropped"), 70);
            using HttpResponseMessage found = await client.PostAsync("/search?count=3", new ByteArrayContent(query), Cancel);
            JsonElement[] hits = (await found.Content.ReadFromJsonAsync<JsonElement[]>(Cancel))!;
            Assert.Equal(3, hits.Length);
            Assert.Equal("3.png", hits[0].GetProperty("name").GetString());
            Assert.InRange(hits[0].GetProperty("similarity").GetDouble(), hits[1].GetProperty("similarity").GetDouble(), 1.0001);
            using HttpResponseMessage embedded = await client.PostAsync("/embed", new ByteArrayContent(query), Cancel);
            Assert.Equal(_exported.Features, (await embedded.Content.ReadFromJsonAsync<float[]>(Cancel))!.Length);
            using HttpResponseMessage refused = await client.PostAsync("/search", new ByteArrayContent("hello"u8.ToArray()), Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("MS3002", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public void The_page_quotes_the_program()
    {
        string root = Artifacts();
        root = Path.GetDirectoryName(root)!;
        string page = File.ReadAllText(Path.Combine(root, "docs", "embedding.md"));
        MatchCollection regions = Region().Matches(File.ReadAllText(Path.Combine(root, "samples", "SearchService", "Program.cs")));
        Assert.Equal(3, regions.Count);
        Assert.All(regions, region => Assert.Contains($"```csharp\n{region.Groups[2].Value}```", page, StringComparison.Ordinal));
    }

    public void Dispose() => _exported.Dispose();

    private static async Task<(string Address, string Log)> Address(Process service)
    {
        string log = "";
        while (await service.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            log += line + "\n";
            if (Listening().Match(line) is { Success: true } found) return (found.Groups[1].Value, log);
        }
        throw new InvalidOperationException($"the service ended:\n{log}");
    }

    private static string Program() => Path.Combine(Artifacts(), "bin", "SearchService", "release", "SearchService.dll");

    private static string Artifacts()
    {
        string folder = AppContext.BaseDirectory;
        while (Path.GetFileName(folder) != "artifacts") folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("listening on: (http://\\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex("^#region (\\w+)\n(.*?)^#endregion", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();
}
