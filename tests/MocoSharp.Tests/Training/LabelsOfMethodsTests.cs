using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What is said where a method learns from labels that are not there.</summary>
public sealed class LabelsOfMethodsTests : TensorTest
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-labels").FullName;

    [Fact]
    public void Pictures_without_any_label_are_refused_by_a_method_that_learns_from_labels()
    {
        MocoException error = Assert.Throws<MocoException>(() => Train("supcon", labeled: 0));
        Assert.Equal(ErrorIds.MethodNeedsLabels, error.Id);
        Assert.Equal("method supcon learns from labels, and none of the 32 pictures to learn from has one", error.Message);
        Assert.Contains("--labels FILE", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_pictures_without_label_are_counted_and_learned_from()
    {
        Assert.Contains(Train("supcon", labeled: 20), static warning =>
            warning.StartsWith("20 of the 32 pictures to learn from have a label; each", StringComparison.Ordinal));
        Assert.DoesNotContain(Train("supcon", labeled: 32), IsOfLabels);
    }

    [Fact]
    public void Other_methods_do_not_ask_for_labels() => Assert.DoesNotContain(Train("simclr", labeled: 0), IsOfLabels);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private static bool IsOfLabels(string warning) => warning.Contains("have a label", StringComparison.Ordinal);

    private List<string> Train(string method, int labeled)
    {
        Watch watch = new();
        using TrainingData data = new(new TinySource(32, labeled: labeled), Test: null, ["tiny"]);
        using TrainingRun run = TrainingRun.Start(new RecipeFile(TinyRecipes.For(method), ""), data,
            Path.Combine(_root, $"{method}{labeled}"), watch);
        run.Train(Watch.Steps(1));
        return watch.Warnings;
    }
}
