using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Recipes;

namespace MocoSharp.Tests.Recipes;

/// <summary>Recipes that were written in British spelling go on working, and say so.</summary>
public sealed class OlderSpellingTests
{
    private const string Old = """
        format: 1
        name: old
        encoder: { name: resnet18-small, width: 0.125, channels: 1 }
        method: { name: moco, queueLength: 16, keyFeatures: 16, hiddenFeatures: [16] }
        data: { colour: grey }
        views:
          - { repeat: 2, normalize: fashionMnist, steps: [centreCrop: { size: 16 }] }
        training: { epochs: 2, batchSize: 16 }
        optimizer: { name: sgd }
        learningRate: { name: cosine, start: 0.05 }
        monitor: { neighbours: 5 }
        """;

    [Fact]
    public void Old_keys_and_names_are_read_and_written_in_todays_spelling()
    {
        RecipeFile file = RecipeFile.Parse(Old, "old.yaml");
        Assert.Equal(5, file.Recipe.Monitor.Neighbors);
        Assert.Equal(Color.Gray, file.Recipe.Data.Color);
        Assert.Equal(new CenterCrop(16), Assert.Single(file.Recipe.Views[0].Steps));
        Assert.Contains("neighbors: 5", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("colour", file.Text, StringComparison.Ordinal);
        Assert.Empty(RecipeFile.Parse(file.Text, "new.yaml").Notes);
        string[] said = ["'colour' is written 'color' now", "'grey' is written 'gray' now", "'centreCrop' is written 'centerCrop' now",
            "'neighbours' is written 'neighbors' now"];
        Assert.Equal(said, file.Notes.Select(static note => note[(note.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public void An_assignment_may_be_spelled_either_way()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("moco-old-").FullName, "old.yaml");
        File.WriteAllText(path, Old);
        Assert.Equal(7, RecipeFile.Load(path, ["monitor.neighbours=7"]).Recipe.Monitor.Neighbors);
        Assert.Equal(8, RecipeFile.Load(path, ["monitor.neighbors=8"]).Recipe.Monitor.Neighbors);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void What_every_encoder_once_had_is_left_out_where_it_says_nothing()
    {
        const string written =
            "encoder: { name: resnet18-small, width: 0.125, channels: 1, side: 96, depth: null, features: null, patches: null }";
        RecipeFile file = RecipeFile.Parse(Old.Replace("encoder: { name: resnet18-small, width: 0.125, channels: 1 }", written,
            StringComparison.Ordinal), "old.yaml");
        Assert.Equal(RecipeFile.Parse(Old, "old.yaml").Recipe.Encoder, file.Recipe.Encoder);
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Parse(Old.Replace("channels: 1 }", "side: 32 }",
            StringComparison.Ordinal), "old.yaml"));
        Assert.Equal(ErrorIds.UnknownKey, error.Id);
    }

    // written into environment.json by versions with the older spelling
    [Theory]
    [InlineData("cmc-cifar10", "method.negatives=16", "a7df8cfc0c9246c256a95686adf0d0ea575bc78c12b3cdf44c1cbdd2cf783b66")]
    [InlineData("amdim-cifar10", "encoder.features=64", "dba87bff62a475345bfc1ef8ecd03a6c1837289ff3cbfa68bdedd40ba4c36094")]
    [InlineData("moco-cifar10", "method.queueLength=32", "47efb7a8d87351ef6f83b42197c7c18d165c9438f95d147b3cb29728ee92356d")]
    public void A_run_of_an_older_version_is_known_by_its_fingerprint(string name, string setting, string fingerprint)
    {
        string[] settings = ["training.batchSize=16", "encoder.width=0.125", "training.epochs=4", setting];
        Assert.True(RecipeFile.IsFingerprintOf(fingerprint, RecipeFile.Load(name, settings).Recipe));
        Assert.False(RecipeFile.IsFingerprintOf(fingerprint, RecipeFile.Load(name, [.. settings, "learningRate.start=0.5"]).Recipe));
    }
}
