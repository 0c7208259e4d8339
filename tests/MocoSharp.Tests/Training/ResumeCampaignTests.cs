using System.Globalization;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Every method is stopped at each update in turn and resumed, again and again, and compared with one training that never
/// stopped.</summary>
/// <remarks><c>tools/resumes</c> runs it at each processor level, quiet and beside busy loops.</remarks>
public sealed class ResumeCampaignTests(ITestOutputHelper output) : TensorTest
{
    private const string FourViews = "momentum-cmc of four views";

    private static readonly string[] s_stateFiles = ["weights.safetensors", "optimizer.safetensors"];

    private readonly string _root = Directory.CreateTempSubdirectory("moco-resumes-").FullName;

    public static TheoryData<string, Precision> Cases
    {
        get
        {
            TheoryData<string, Precision> cases = [];
            foreach (string method in MethodRegistry.OptionTypes.Keys.Append(FourViews))
                foreach (Precision precision in new[] { Precision.Fp32, Precision.Bf16 })
                    cases.Add(method, precision);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Resumes_give_the_bits_of_never_stopping(string method, Precision precision)
    {
        string? wanted = Environment.GetEnvironmentVariable("MOCOSHARP_RESUMES");
        Assert.SkipWhen(wanted is null, "set MOCOSHARP_RESUMES=10 to compare so many resumes");
        string[]? methods = Environment.GetEnvironmentVariable("MOCOSHARP_RESUME_METHODS")?.Split(',');
        Assert.SkipWhen(methods?.Contains(method) == false, "other methods were asked for");
        int resumes = int.Parse(wanted!, CultureInfo.InvariantCulture);
        Recipe recipe = RecipeOf(method);
        recipe = recipe with { Training = recipe.Training with { Precision = precision } };
        TrainingResult whole = Train("whole", method, recipe, resume: false, maximumSteps: null);
        byte[][] expected = State(whole);
        int different = 0;
        for (int i = 0; i < resumes; i++)
        {
            string name = $"parts-{i}";
            Train(name, method, recipe, resume: false, maximumSteps: 1 + i % (whole.Steps - 1));
            byte[][] actual = State(Train(name, method, recipe, resume: true, maximumSteps: null));
            if (!actual.Zip(expected).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second))) different++;
            Directory.Delete(Path.Combine(_root, name), recursive: true);
        }
        output.WriteLine($"{method}, {precision}: {resumes} resumes, {different} different");
        Assert.Equal(0, different);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private static Recipe RecipeOf(string method)
    {
        Recipe recipe = method == FourViews ? TinyRecipes.FourViews() : TinyRecipes.For(method);
        return recipe with { Monitor = recipe.Monitor with { EveryEpochs = recipe.Training.Epochs } };
    }

    private static byte[][] State(TrainingResult result) =>
        [.. s_stateFiles.Select(file => File.ReadAllBytes(Path.Combine(result.Folder.Checkpoint(result.Steps), file)))];

    private TrainingResult Train(string name, string method, Recipe recipe, bool resume, long? maximumSteps)
    {
        using TrainingData data = method == FourViews
            ? new TrainingData(new PairedTinySource(16), new PairedTinySource(6), ["tiny"])
            : new TrainingData(new TinySource(32), new TinySource(10, seed: 2), ["tiny"]);
        string folder = Path.Combine(_root, name);
        Watch observer = new();
        using TrainingRun run = resume ? TrainingRun.Resume(new RecipeFile(recipe, ""), data, folder, observer)
            : TrainingRun.Start(new RecipeFile(recipe, ""), data, folder, observer);
        return run.Train(Watch.Steps(maximumSteps));
    }
}
