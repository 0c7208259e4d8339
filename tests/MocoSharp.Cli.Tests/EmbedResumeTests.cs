using System.Buffers.Binary;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

/// <summary>An embedding that was stopped or killed goes on, and its file is the one of an embedding that never was.</summary>
public sealed class EmbedResumeTests : Workbench
{
    private const int Side = 8, Count = 1100;          // five batches

    [Theory]
    [InlineData("npy", "layer2", "backbone"), InlineData("parquet", "layer2", "backbone"), InlineData("csv", "backbone"),
        InlineData("safetensors", "backbone")]
    public async Task Killed_after_any_batch_or_while_the_file_is_written_it_ends_with_the_same_bytes(string format, params string[] layers)
    {
        Train("run", "--epochs", "1").Succeeded();
        string data = Idx(), whole = At("whole", $"a.{format}");
        EmbedOptions options = new([.. layers.Select(static layer => new MocoSharp.Features.FeatureSpace(layer))]);
        List<string> snapshots = [];
        // what lies in the folder at a moment is what a kill leaves at that moment
        await EmbeddingWriter.WriteAsync(At("run"), data, whole, options, new Receiver(_ =>
        {
            string snapshot = At($"snapshot{snapshots.Count}");
            Directory.CreateDirectory(Path.Combine(snapshot, $"a.{format}.partial"));
            foreach (string file in Directory.EnumerateFiles(whole + ".partial"))
                if (Path.GetFileName(file) is not "lock" and var name)
                    File.Copy(file, Path.Combine(snapshot, $"a.{format}.partial", name));
            snapshots.Add(snapshot);
        }), new JumpingClock());
        string[] expected = [.. Directory.EnumerateFiles(At("whole")).Order(StringComparer.Ordinal)];
        Assert.True(snapshots.Count >= 7, $"{snapshots.Count} snapshots");
        List<int> resumed = [];
        foreach (string snapshot in snapshots)
        {
            EmbedResult result = await EmbeddingWriter.WriteAsync(At("run"), data, Path.Combine(snapshot, $"a.{format}"), options);
            resumed.Add(result.Resumed);
            Assert.Equal(expected.Select(Path.GetFileName), Directory.EnumerateFileSystemEntries(snapshot).Select(Path.GetFileName)
                .Order(StringComparer.Ordinal));
            foreach (string file in expected)
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(snapshot, Path.GetFileName(file))));
        }
        Assert.Equal([0, 256, 512, 768, 1024, Count], resumed.Distinct());
    }

    [Fact]
    public async Task Stopped_it_says_where_it_is_and_goes_on()
    {
        Train("run", "--epochs", "1").Succeeded();
        string data = Idx();
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddingWriter.WriteAsync(At("run"), data, At("a.npy"),
            progress: new Receiver(progress =>
            {
                if (progress is EmbeddingProgress { Done: 512 }) stop.Cancel();
            }), cancel: stop.Token));
        Assert.False(File.Exists(At("a.npy")));
        Tool tool = Tool.Run("embed", At("run"), "--data", data, "-o", At("a.npy")).Succeeded();
        Assert.Contains("Going on after 512 pictures of an earlier start.", tool.Out, StringComparison.Ordinal);
        Tool.Run("embed", At("run"), "--data", data, "-o", At("b.npy")).Succeeded();
        Assert.Equal(File.ReadAllBytes(At("b.npy")), File.ReadAllBytes(At("a.npy")));
    }

    [Fact]
    public async Task Ctrl_c_names_the_folder_and_the_way_on()
    {
        Train("run", "--epochs", "1").Succeeded();
        using CancellationTokenSource stop = new();
        using StringWriter output = new();
        await stop.CancelAsync();
        Tool tool = Tool.RunLive(output, ["embed", At("run"), "--data", Idx(), "-o", At("a.npy")], stop.Token);
        Assert.Equal(ExitCode.Canceled, tool.Code);
        Assert.Contains("a.npy.partial; the same command goes on.", tool.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreadable_pictures_of_before_the_stop_are_told_of_in_the_end()
    {
        Train("run", "--epochs", "1").Succeeded();
        string folder = Flat(300);
        foreach (int bad in new[] { 3, 290 }) File.WriteAllText(At("flat", $"{bad:000}.png"), "no picture");
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddingWriter.WriteAsync(At("run"), folder, At("a.npy"),
            progress: new Receiver(progress =>
            {
                if (progress is EmbeddingProgress { Done: 256 }) stop.Cancel();
            }), cancel: stop.Token));
        EmbedResult result = await EmbeddingWriter.WriteAsync(At("run"), folder, At("a.npy"));
        Assert.Equal(256, result.Resumed);
        Assert.Equal(["003.png", "290.png"], result.Unreadable.Select(static bad => bad.Name));
    }

    [Theory]
    [InlineData("other encoder", "of another encoder"), InlineData("other data", "of other pictures"),
        InlineData("other layer", "of other layers (backbone)"), InlineData("other precision", "in ")]
    public async Task What_is_unfinished_of_something_else_is_refused_and_begun_anew_with_force(string change, string what)
    {
        Train("run", "--epochs", "1").Succeeded();
        string data = Idx();
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddingWriter.WriteAsync(At("run"), data, At("a.npy"),
            new EmbedOptions(Precision: MocoSharp.Recipes.Precision.Fp32), new Receiver(progress =>
            {
                if (progress is EmbeddingProgress { Done: 256 }) stop.Cancel();
            }), cancel: stop.Token));
        string[] line = ["embed", At("run"), "--data", data, "-o", At("a.npy"), "--precision", "fp32"];
        if (change == "other encoder")
        {
            Train("run2", "--epochs", "1", "--seed", "9").Succeeded();
            line[1] = At("run2");
        }
        if (change == "other data") line[3] = Idx("more", Count + 1);
        if (change == "other layer") line = [.. line, "--layer", "layer1"];
        if (change == "other precision") line[^1] = "bf16";
        Tool refused = Tool.Run(line);
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS5103", refused.Error, StringComparison.Ordinal);
        Assert.Contains(what, refused.Flat, StringComparison.Ordinal);
        Tool.Run([.. line, "--force"]).Succeeded();
    }

    private string Idx(string name = "pictures", int count = Count)
    {
        string path = At(name, "train-images-idx3-ubyte");
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(At(name));
        byte[] bytes = new byte[16 + count * Side * Side];
        int[] head = [0x803, count, Side, Side];
        for (int i = 0; i < head.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), head[i]);
        Rng rng = Rng.For(1, 2);
        for (int i = 16; i < bytes.Length; i++) bytes[i] = (byte)rng.NextInt32(256);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private sealed class Receiver(Action<RunProgress> take) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => take(value);
    }

    /// <summary>Ten seconds pass at each look, so that every batch is followed by a state.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now += 10 * TimestampFrequency;
    }
}
