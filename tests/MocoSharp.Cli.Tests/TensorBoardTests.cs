using System.Text.Json;
using Google.Protobuf;
using MocoSharp.Reports.TensorBoard;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

public sealed class TensorBoardTests : Workbench
{
    [Fact]
    public void Every_update_and_every_epoch_has_its_figures()
    {
        Train("run", "--tensorboard").Succeeded();
        Event[] events = Events(At("run", "tensorboard"));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Summary.Types.Value text = Assert.Single(events[1].Summary.Value);
        Assert.Equal(("recipe", "text"), (text.Tag, text.Metadata.PluginData.PluginName));
        Assert.Contains("    name: tiny\n", text.Tensor.StringVal[0].ToStringUtf8(), StringComparison.Ordinal);
        RunFolder folder = new(At("run"));
        Assert.Equal(folder.ReadLosses().Select(static one => (one.Step, (float)one.Loss)), Scalars(events, "loss"));
        Assert.Equal(folder.ReadMetrics().Select(static one => (one.Step, (float)one.Knn!.Value)), Scalars(events, "knn"));
        Assert.Equal(6, Scalars(events, "learning_rate").Length);
        Assert.All(Scalars(events, "images_per_second"), static one => Assert.True(one.Value > 0));
        Assert.All(events.Zip(events.Skip(1)), static pair => Assert.True(pair.First.WallTime <= pair.Second.WallTime));
        Assert.InRange(events[0].WallTime, 1.7e9, 5e9);
    }

    [Fact]
    public void A_training_that_goes_on_repeats_no_update()
    {
        Train("whole").Succeeded();
        Train("run", "--max-steps", "2", "--tensorboard", At("board")).Succeeded();
        string first = Assert.Single(Directory.GetFiles(At("board")));
        using (FileStream file = new(first, FileMode.Append))        // as if it had been killed at the fourth update
        {
            foreach (long step in new[] { 3, 4 })
                EventFile.Append(file, new Event { Step = step, Summary = new() { Value = { new Summary.Types.Value { Tag = "loss" } } } });
            file.Write([1, 2, 3]);
        }
        Tool.Run("resume", At("run"), "--tensorboard", At("board")).Succeeded();
        Assert.Equal(2, Directory.GetFiles(At("board")).Length);
        Event[] events = Events(At("board"));
        Assert.Equal(new RunFolder(At("whole")).ReadLosses().Select(static one => (one.Step, (float)one.Loss)), Scalars(events, "loss"));
        Assert.Equal([3L, 6L], Scalars(events, "knn").Select(static one => one.Step));
    }

    [Fact]
    public void Another_runs_folder_is_refused_and_stays_as_it_is()
    {
        Train("one", "--tensorboard", At("board")).Succeeded();
        byte[] before = File.ReadAllBytes(Assert.Single(Directory.GetFiles(At("board"))));
        Tool refused = Train("two", "--seed", "2", "--tensorboard", At("board"));
        Assert.Contains("MS5131", refused.Flat, StringComparison.Ordinal);
        Assert.Contains("--tensorboard DIR", refused.Flat, StringComparison.Ordinal);
        Tool.Run("resume", At("two"), "--tensorboard", At("own")).Succeeded();
        Assert.Contains("MS5131", Tool.Run("resume", At("two"), "--epochs", "3", "--not-bit-equal", "--tensorboard", At("board")).Flat,
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Assert.Single(Directory.GetFiles(At("board")))));
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_first_checkpoint_can_begin_again()
    {
        Train("run", "--tensorboard").Succeeded();
        foreach (string folder in Directory.GetDirectories(At("run", "checkpoints"))) Directory.Delete(folder, recursive: true);
        File.Delete(At("run", "encoder.safetensors"));
        Train("run", "--tensorboard").Succeeded();
        Assert.Single(Directory.GetFiles(At("run", "tensorboard")));
    }

    [Fact]
    public void Records_are_those_of_another_writer()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(
            Path.Combine(SourceFolder.Root, "tests", "Shared", "Golden", "tensorboard.json")));
        JsonElement root = golden.RootElement;
        foreach (JsonElement one in root.GetProperty("checksums").EnumerateArray())
            Assert.Equal(one.GetProperty("masked").GetUInt32(), EventFile.Checksum(one.GetProperty("bytes").GetBytesFromBase64()));
        using MemoryStream file = new();
        EventFile.Append(file, new Event { WallTime = 1234567890.25, FileVersion = "brain.Event:2" });
        EventFile.Append(file, new Event
        {
            WallTime = 1234567891.5,
            Step = 300,
            Summary = new Summary
            {
                Value =
                {
                    new Summary.Types.Value { Tag = "loss", SimpleValue = 2.75f },
                    new Summary.Types.Value { Tag = "knn", SimpleValue = 54.31f },
                },
            },
        });
        EventFile.Append(file, new Event
        {
            WallTime = 1234567892,
            Summary = new Summary
            {
                Value =
                {
                    new Summary.Types.Value
                    {
                        Tag = "recipe",
                        Tensor = new TensorProto
                        {
                            Dtype = DataType.DtString,
                            TensorShape = new TensorShapeProto(),
                            StringVal = { ByteString.CopyFromUtf8("    name: é") },
                        },
                        Metadata = new SummaryMetadata
                        {
                            PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" },
                            DataClass = DataClass.Tensor,
                        },
                    },
                },
            },
        });
        Assert.Equal(root.GetProperty("file").GetBytesFromBase64(), file.ToArray());
    }

    private static (long Step, float Value)[] Scalars(Event[] events, string tag) =>
        [.. from one in events where one.Summary is not null
            from value in one.Summary.Value where value.Tag == tag select (one.Step, value.SimpleValue)];

    /// <summary>All events of a folder, file by file; each file is whole.</summary>
    private static Event[] Events(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(static path =>
    {
        (Event Event, long End)[] events = [.. EventFile.Read(path)];
        Assert.Equal(new FileInfo(path).Length, events[^1].End);
        return events.Select(static one => one.Event);
    })];
}
