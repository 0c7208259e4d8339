using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;

namespace MocoSharp.Studio.Tests;

/// <summary>A folder of runs as trainings leave them, with a map and embeddings, and a studio over it.</summary>
public abstract class StudioBench : IAsyncLifetime
{
    protected const int Classes = 3, PerClass = 12, Dimensions = 8, Count = Classes * PerClass;

    private static readonly string[] s_classes = ["blue", "green", "red"];

    protected string Root { get; } = Directory.CreateTempSubdirectory("moco-studio-test-").FullName;

    protected string Runs => Path.Combine(Root, "runs");

    /// <summary>What stands in for moco: it notes its words, and prints COMMAND.json where a test has laid one down.</summary>
    protected string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    protected string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    protected StudioServer Studio { get; private set; } = null!;

    /// <summary>As the studio's own page sends: with the token.</summary>
    protected HttpClient Page { get; private set; } = null!;

    /// <summary>As somebody else sends: without it.</summary>
    protected HttpClient Other { get; private set; } = null!;

    /// <summary>The built page, where there is one; otherwise one that says nothing.</summary>
    protected virtual string PageFolder
    {
        get
        {
            string folder = Path.Combine(Root, "page");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "index.html"), "<!doctype html><title>studio</title>");
            return folder;
        }
    }

    public virtual async ValueTask InitializeAsync()
    {
        MakeRun("first", epochs: 2);
        MakeMap("first");
        File.WriteAllText(At("tool"), $"echo \"$*\" >> '{At("calls")}'\ncat \"{At("")}/$1.json\" 2>/dev/null || true\n");
        Studio = await StudioServer.StartAsync(new StudioOptions(Runs, new ToolCommand("bash", [At("tool")]), Page: PageFolder));
        Page = new HttpClient { BaseAddress = Studio.Address };
        Page.DefaultRequestHeaders.Add("X-Moco-Token", Studio.Token);
        Other = new HttpClient { BaseAddress = Studio.Address };
    }

    public async ValueTask DisposeAsync()
    {
        Page.Dispose();
        Other.Dispose();
        await Studio.DisposeAsync();
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A run that was stopped after some of its four epochs.</summary>
    protected string MakeRun(string name, int epochs)
    {
        string folder = Path.Combine(Runs, name);
        Directory.CreateDirectory(new RunFolder(folder).Checkpoints);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), Recipe);
        File.WriteAllText(Path.Combine(folder, "environment.json"), JsonSerializer.Serialize(new
        {
            version = "1",
            libtorch = "1",
            processor = "a processor",
            threads = 1,
            precision = "fp32",
            device = "cpu",
            data = new[] { Pictures() },
            test = (string?)null,
            labels = "auto",
            fingerprint = $"{Count}-v2-00",
        }));
        File.WriteAllLines(Path.Combine(folder, "metrics.jsonl"), Enumerable.Range(1, epochs).Select(static epoch =>
            JsonSerializer.Serialize(new
            {
                epoch,
                step = epoch * 3,
                loss = 3.0 / epoch,
                learning_rate = 0.05,
                knn = 40 + epoch,
                images_per_second = 100,
                wait_fraction = 0.01,
                elapsed_seconds = epoch * 10,
                bad_images = 0,
                measures = new { },
            })));
        return folder;
    }

    /// <summary>A map in three heaps, and embeddings whose first numbers say the class.</summary>
    protected void MakeMap(string run)
    {
        string kept = Path.Combine(Runs, run, "studio");
        Directory.CreateDirectory(kept);
        StringBuilder map = new("name,label,x,y,cluster,new\n"), names = new("name,label,readable\n");
        float[] values = new float[Count * Dimensions];
        for (int i = 0; i < Count; i++)
        {
            int label = i / PerClass;
            string name = NameOf(i);
            map.Append(CultureInfo.InvariantCulture, $"{name},{s_classes[label]},{label * 10 + i % 4},{i % 3},{label},false\n");
            names.Append(CultureInfo.InvariantCulture, $"{name},{s_classes[label]},true\n");
            values[i * Dimensions + label] = 1;
            values[i * Dimensions + 3] = 0.02f * i;
        }
        File.WriteAllText(Path.Combine(kept, "map.csv"), map.ToString());
        File.WriteAllText(Path.Combine(kept, "embeddings.npy.names.csv"), names.ToString());
        WriteNpy(Path.Combine(kept, "embeddings.npy"), values);
        File.WriteAllLines(Path.Combine(kept, "sizes.csv"),
            [.. Enumerable.Range(0, Count).Select(static i => $"{NameOf(i)},{i}").Prepend("name,size")]);
    }

    protected static string NameOf(int place) =>
        $"{(place % 4 == 3 ? "test" : "train")}/{s_classes[place / PerClass]}/{place.ToString("00", CultureInfo.InvariantCulture)}.png";

    /// <summary>A map of an epoch on which blue and red have changed places, its rows in another order.</summary>
    protected void MakeEpochMap(string run, long step)
    {
        string folder = At("runs", run, "studio", "epochs");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(new RunFolder(At("runs", run)).Checkpoint(step));
        File.WriteAllLines(Path.Combine(folder, $"{step}.csv"), [.. Enumerable.Range(0, Count).Reverse()
            .Select(static i => $"{NameOf(i)},x,{(Classes - 1 - i / PerClass) * 10 + i % 4},{i % 3},,false")
            .Prepend("name,label,x,y,cluster,new")]);
    }

    /// <summary>The number that requests call a run by.</summary>
    protected async Task<string> IdOf(string name) => (await Json("/api/runs")).EnumerateArray()
        .Single(run => run.GetProperty("name").GetString() == name).GetProperty("id").GetString()!;

    protected async Task<JsonElement> Json(string path) => await Page.GetFromJsonAsync<JsonElement>(path);

    protected async Task<JsonElement> Post(string path, object? what = null)
    {
        using HttpResponseMessage answer = await Page.PostAsJsonAsync(path, what);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The id of the error that a request ends in.</summary>
    protected static async Task<string?> ErrorOf(HttpResponseMessage answer)
    {
        using HttpResponseMessage read = answer;
        Assert.False(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
    }

    private static void WriteNpy(string path, float[] values)
    {
        string head = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Count}, {Dimensions}), }}";
        head = head.PadRight((head.Length + 11) / 64 * 64 + 64 - 11) + "\n";
        using BinaryWriter file = new(File.Create(path));
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]);
        file.Write((ushort)head.Length);
        file.Write(Encoding.ASCII.GetBytes(head));
        foreach (float value in values) file.Write(value);
    }

    private string Pictures()
    {
        string folder = Path.Combine(Root, "pictures");
        if (Directory.Exists(folder)) return folder;
        for (int i = 0; i < Count; i++)
        {
            string path = Path.Combine(folder, NameOf(i));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Image image = new(24, 20, 3);
            for (int s = 0; s < image.Samples.Length; s++) image.Samples[s] = (byte)(s % 3 == 2 - i / PerClass ? 200 : 10 * (i % PerClass));
            ImageEncoder.Save(image, path);
        }
        return folder;
    }

    private const string Recipe = """
        format: 1
        name: tiny
        encoder: { name: resnet18-small, width: 0.125 }
        method: { name: moco, queueLength: 16, keyFeatures: 16, hiddenFeatures: [16], keyMomentum: 0.9 }
        views:
          - repeat: 2
            normalize: half
            steps:
              - randomResizedCrop: { size: 16, area: [0.4, 1] }
        training: { epochs: 4, batchSize: 12 }
        optimizer: { name: sgd }
        learningRate: { name: cosine, start: 0.05 }
        """;
}
