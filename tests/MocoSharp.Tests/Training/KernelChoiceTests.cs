using System.Text.Json;
using System.Text.Json.Nodes;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Which kernel runs which convolution is measured once and then belongs to the run: other kernels round differently.</summary>
public sealed class KernelChoiceTests : TensorTest
{
    private const string Empty = "{}";
    private readonly string _root = Directory.CreateTempSubdirectory("moco-kernels-").FullName;

    [Fact]
    public void A_resumed_run_takes_up_the_choices_that_its_folder_names()
    {
        Kernels.Choices = Empty;
        Train("run", stopAfter: 1);
        JsonObject measured = Choices("run");
        Assert.NotEmpty(measured);
        JsonObject edited = Edited(measured);
        Rewrite("run", edited);
        Kernels.Choices = Empty;            // as in a new process
        Resume("run");
        JsonObject now = JsonNode.Parse(Kernels.Choices)!.AsObject();
        Assert.All(edited, choice => Assert.Equal(choice.Value!.GetValue<string>(), now[choice.Key]!.GetValue<string>()));
        Assert.All(edited, choice => Assert.Equal(choice.Value!.GetValue<string>(), Choices("run")[choice.Key]!.GetValue<string>()));
    }

    [Fact]
    public void With_them_it_gives_the_bits_of_never_stopping_whatever_this_process_had_measured()
    {
        Kernels.Choices = Empty;
        Train("first", stopAfter: 1);
        JsonObject measured = Choices("first"), edited = Edited(measured);
        Kernels.Choices = edited.ToJsonString();
        TrainingResult whole = Train("whole");
        Kernels.Choices = edited.ToJsonString();
        Train("parts", stopAfter: 1);
        Kernels.Choices = measured.ToJsonString();
        TrainingResult parts = Resume("parts");
        Assert.Equal(File.ReadAllBytes(whole.Folder.Encoder), File.ReadAllBytes(parts.Folder.Encoder));
    }

    [Fact]
    public void A_run_that_has_lost_its_choices_goes_on_and_says_what_that_means()
    {
        Train("run", stopAfter: 1);
        Rewrite("run", null);
        List<string> warnings = [];
        Resume("run", warnings);
        Assert.Contains(warnings, static warning =>
            warning.Contains("they are measured anew, and weights may differ in the last bits", StringComparison.Ordinal));
        Assert.NotEmpty(Choices("run"));
    }

    [Fact]
    public void A_run_that_has_them_is_resumed_without_a_word()
    {
        Train("run", stopAfter: 1);
        List<string> warnings = [];
        Resume("run", warnings);
        Assert.DoesNotContain(warnings, static warning => warning.Contains("convolution kernels", StringComparison.Ordinal));
    }

    protected override void Dispose(bool disposing)
    {
        Kernels.Choices = Empty;
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Every choice is libtorch's, which takes all shapes; where all are so already there is nothing to edit.</summary>
    private static JsonObject Edited(JsonObject choices)
    {
        Assert.SkipWhen(choices.All(static choice => choice.Value!.GetValue<string>() == "library"),
            "libtorch's kernels were the fastest everywhere");
        return new JsonObject(choices.Select(static choice => KeyValuePair.Create<string, JsonNode?>(choice.Key, "library")));
    }

    private JsonObject Choices(string run) => JsonNode.Parse(File.ReadAllText(Environment(run)))!["kernels"]!.AsObject();

    private void Rewrite(string run, JsonObject? choices)
    {
        JsonNode environment = JsonNode.Parse(File.ReadAllText(Environment(run)))!;
        environment["kernels"] = choices?.DeepClone();
        File.WriteAllText(Environment(run), environment.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private string Environment(string run) => new RunFolder(Path.Combine(_root, run)).Environment;

    private TrainingResult Train(string name, int? stopAfter = null)
    {
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(Recipe(), ""), data, Path.Combine(_root, name));
        return run.Train(Watch.Epochs(stopAfter), TestContext.Current.CancellationToken);
    }

    private TrainingResult Resume(string name, List<string>? warnings = null)
    {
        using TrainingData data = Data();
        Watch watch = new();
        using TrainingRun run = TrainingRun.Resume(new RecipeFile(Recipe(), ""), data, Path.Combine(_root, name), watch);
        TrainingResult result = run.Train(cancel: TestContext.Current.CancellationToken);
        warnings?.AddRange(watch.Warnings);
        return result;
    }

    private static TrainingData Data() => new(new TinySource(32), Test: null, ["tiny"]);

    private static Recipe Recipe() => new(
        MocoSharp.Recipes.Recipe.CurrentFormat, "tiny", Tiny.EncoderOptions,
        new MoCoOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: [], Temperature: 0.2, KeyMomentum: 0.9),
        [new ViewSettings([new RandomResizedCrop(8), new Flip(0.5f)], ChannelStats.Half, Repeat: 2)],
        new TrainingSettings(2, BatchSize: 8), new SgdSettings(), new CosineRate(0.05));
}
