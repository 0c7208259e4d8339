using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Methods.Npid;
using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Tests.Training;
using MocoSharp.Training;

namespace MocoSharp.Tests.Recipes;

/// <summary>Every number of every recipe at 0, −1, huge, infinite and no number at all: an error that names key, range and way out, or a
/// training that ends well.</summary>
public sealed class BoundsSweepTests : TinyRuns
{
    private static readonly string[] s_values = ["0", "-1", "1e30", "2147483647", "18446744073709551615", ".nan", ".inf", "-.inf"];
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    // part: which keys are swept, where the rest of the recipe is swept elsewhere
    private static readonly Dictionary<string, (Func<Recipe> Recipe, string Part)> s_cases = Cases();

    public static TheoryData<string> Names => [.. s_cases.Keys];

    public static TheoryData<Type> Records =>
        [.. typeof(Recipe).Assembly.GetTypes().Concat(typeof(Augmentation).Assembly.GetTypes()).Where(IsOfRecipes)];

    [Theory, MemberData(nameof(Names))]
    public void Each_number_of_it_is_refused_with_a_way_out_or_trains(string name)
    {
        (Func<Recipe> make, string part) = s_cases[name];
        string file = Path.Combine(Root, "recipe.yaml");
        Recipe recipe = make();
        File.WriteAllText(file, new RecipeFile(recipe, "").Text);
        (string Path, Func<string, string> Written)[] numbers = [.. RecipeNumbers.Of(RecipeFile.Load(file).Recipe)
            .Where(number => number.Path.StartsWith(part, StringComparison.Ordinal))];
        Assert.NotEmpty(numbers);
        List<string> wrong = [];
        int trained = 0;
        foreach ((string path, Func<string, string> written) in numbers)
            foreach (string value in s_values)
            {
                string change = $"{path}={written(value)}";
                try
                {
                    Train(RecipeFile.Load(file, [change]).Recipe, $"run{trained++}", isTested: part is "monitor." or "checkpoints."
                        or "probe.");
                }
                catch (Exception error) when (IsClear(error, path))
                {
                }
                catch (Exception error)
                {
                    wrong.Add($"{change}: {error.GetType().Name}: {error.Message}");
                }
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory, MemberData(nameof(Records))]
    public void Every_number_has_bounds(Type record)
    {
        foreach (RecordKey key in RecordShape.Of(record).Keys)
            if (RecipeNumbers.NeedsBounds(key.Type) && !(record == typeof(Recipe) && key.Name == "format"))      // a format is read or not
                Assert.True(key.Bounds is not null, $"{record.Name}.{key.Name} has no [Bounds]");
    }

    [Theory]
    [InlineData("monitor.everyEpochs=-1", "MS2008: monitor.everyEpochs is -1, and it takes a number from 0 to 1000000",
        "set everyEpochs to a number from 0 to 1000000")]
    [InlineData("checkpoints.keep=-5", "MS2008: checkpoints.keep is -5, and it takes a number from 1 to 1000000",
        "set keep to a number from 1 to 1000000")]
    [InlineData("learningRate.start=1e30", "MS2008: learningRate.start is 1e30, and it takes a number above 0 and up to 1000",
        "set start to a number above 0 and up to 1000")]
    [InlineData("views.0.steps.0.randomResizedCrop.area=[0, 0]",
        "MS2008: views.0.steps.0.randomResizedCrop.area is [0, 0], and it takes two numbers, the lower first, above 0 and up to 1",
        "set area to two numbers, the lower first, above 0 and up to 1")]
    [InlineData("views.0.steps.0.randomResizedCrop.size=100000",
        "MS2008: views.0.steps.0.randomResizedCrop.size is 100000, and it takes a number from 1 to 4096",
        "set size to a number from 1 to 4096")]
    [InlineData("method.hiddenFeatures=[8, -1]", "MS2008: method.hiddenFeatures.1 is -1, and it takes a number from 0 to 16384",
        "set hiddenFeatures.1 to a number from 0 to 16384")]
    public void A_value_out_of_range_is_named_with_its_range(string change, string message, string fix) =>
        Assert.Equal($"{message}\n  at --set {change}\n  {fix}", ErrorText.Of(() => RecipeFile.Load("moco-cifar10", [change])));

    [Fact]
    public void Its_place_in_the_file_is_given()
    {
        string file = Path.Combine(Root, "mine.yaml");
        File.WriteAllText(file, RecipeFile.Load("moco-cifar10").Text.Replace("keep: 2", "keep: 0", StringComparison.Ordinal));
        Assert.Contains("mine.yaml(", Assert.Throws<RecipeException>(() => RecipeFile.Load(file)).At, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_made_in_code_is_held_to_the_same_bounds()
    {
        Recipe recipe = Recipe() with { Checkpoints = new CheckpointSettings(Keep: -5) };
        Assert.Equal("checkpoints.keep is -5, and it takes a number from 1 to 1000000",
            Assert.Throws<OptionException>(() => Train("run", recipe)).Message);
    }

    [Fact]
    public void A_batch_that_no_memory_holds_is_refused_before_any_is_taken()
    {
        Recipe recipe = Recipe() with
        {
            Method = new NpidOptions(),
            Training = new TrainingSettings(1, BatchSize: 64),
            Views = [new ViewSettings([new RandomResizedCrop(4096)], ChannelStats.Half, Repeat: 1)],
        };
        OptionException error = Assert.Throws<OptionException>(() => Train("run", recipe, pictures: 64));
        Assert.StartsWith("training.batchSize is 64, ", error.Message, StringComparison.Ordinal);
        Assert.Equal("lower training.batchSize, or the size of the views", error.Fix);
    }

    // one update shows that a number can be trained with; some are of no matter before an epoch's end
    private void Train(Recipe recipe, string folder, bool isTested)
    {
        using CancellationTokenSource late = new(s_longest);
        bool isPaired = recipe.Data.Modalities.Count > 0;
        using TrainingData data = isPaired ? new(new PairedTinySource(16), new PairedTinySource(8), ["scenes"]) : Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(Root, folder), new Watch());
        StopAfter oneEpoch = StopAfter.Epochs(1);
        Assert.True(run.Train(isTested ? oneEpoch : oneEpoch.Or(StopAfter.Steps(1)), late.Token).Finished, "it took more than a minute");
    }

    /// <summary>An error of recipes, views or a loss that is no number, with a way out, that names the key.</summary>
    private static bool IsClear(Exception error, string path)
    {
        (string? id, string? fix, string? at) = error switch
        {
            MocoException e => (e.Id, e.Fix, e.At),
            _ => (null, null, null),
        };
        if (id is null || string.IsNullOrEmpty(fix)) return false;
        if (id == ErrorIds.LossNotFinite) return true;
        string key = path[(path.LastIndexOf('.') + 1)..];
        return (id.StartsWith("MS2", StringComparison.Ordinal) || id.StartsWith("MS3", StringComparison.Ordinal))
            && $"{error.Message} {at} {fix}".Contains(key, StringComparison.Ordinal);
    }

    private static bool IsOfRecipes(Type type) => !type.IsAbstract && type.IsPublic
        && (type == typeof(Recipe) || type.IsAssignableTo(typeof(EncoderOptions)) || type == typeof(PatchGrid)
        || type == typeof(ChannelStats)
        || type.Namespace == typeof(Recipe).Namespace && type.Name.EndsWith("Settings", StringComparison.Ordinal)
        || type == typeof(SizeStep)
        || new[] { typeof(Augmentation), typeof(MethodOptions), typeof(OptimizerSettings), typeof(RateSettings),
        typeof(Modality) }.Any(type.IsSubclassOf));

    private static Dictionary<string, (Func<Recipe> Recipe, string Part)> Cases()
    {
        Dictionary<string, (Func<Recipe>, string)> cases = new()
        {
            ["data"] = (static () => Recipe(), "data."),
            ["training"] = (static () => Recipe() with
            {
                Training = new TrainingSettings(2, 8, ClipGradients: 1,
                Sizes: [new SizeStep(0, 8), new SizeStep(1, 12)])
            }, "training."),
            ["monitor"] = (static () => Recipe() with { Monitor = new MonitorSettings(Neighbors: 5, ValidationLoss: true) }, "monitor."),
            ["checkpoints"] = (static () => Recipe(), "checkpoints."),
            ["probe"] = (static () => TinyRecipes.For("nnclr-keras"), "probe."),
            ["views"] = (static () => Recipe() with
            {
                Views = [
                new ViewSettings([new RandomResizedCrop(8), new MocoSharp.Imaging.Augment.Flip()], new ChannelStats("mine", [0.5f], [0.5f]),
                Repeat: 2, SharedDraws: 1, SharedSteps: 1)]
            }, "views."),
            ["scenes"] = (Scenes, "data."),
        };
        foreach (string method in MethodRegistry.OptionTypes.Keys)
        {
            cases[$"method {method}"] = (() => TinyRecipes.For(method), "method.");
            cases[$"encoder of {method}"] = (() => TinyRecipes.For(method), "encoder.");
        }
        foreach (OptimizerSettings optimizer in new OptimizerSettings[] { new SgdSettings(), new AdamSettings(), new AdamWSettings(),
            new LarsSettings() })
            cases[optimizer.GetType().Name] = (() => Recipe() with { Optimizer = optimizer }, "optimizer.");
        foreach (RateSettings rate in new RateSettings[] { new CosineRate(0.05), new StepRate(0.05, [1]), new ConstantRate(0.05) })
            cases[rate.GetType().Name] = (() => Recipe() with { LearningRate = rate }, "learningRate.");
        foreach ((string name, Type type) in Augmentations.All)
            if (RecordShape.Of(type).Keys.Any(static key => RecipeNumbers.IsNumeric(key.Type)))
                cases[name] = (() => Recipe() with
                {
                    Views = [new ViewSettings([new RandomResizedCrop(12), Made(type), new CenterFit(8)],
                    ChannelStats.Half, Repeat: 2)]
                }, "views.0.steps.1.");
        return cases;
    }

    private static Recipe Scenes() => TinyRecipes.For("momentum-cmc") with
    {
        Data = new DataSettings(Modalities: PairedTinySource.Modalities),
        Method = new MocoSharp.Methods.MomentumCmc.MomentumCmcOptions(ViewChannels: [3, 7], Pairs: [new(0, 1), new(1, 0)],
            HiddenFeatures: [8], KeyFeatures: 8, MemoryLength: 16),
        Views = [.. new[] { "terrain", "segmentation" }.Select(static kind =>
            new ViewSettings([new RandomCrop(32, 0)], ChannelStats.Half, Of: kind))],
        Monitor = new MonitorSettings(EveryEpochs: 0),
    };

    private static Augmentation Made(Type type)
    {
        object?[] defaults = [.. RecordShape.Of(type).Keys.Select(static key => key.Name == "size" ? 12 : key.Name == "padding" ? 2
            : key.Default)];
        return (Augmentation)RecordShape.Of(type).Constructor.Invoke(defaults);
    }
}
