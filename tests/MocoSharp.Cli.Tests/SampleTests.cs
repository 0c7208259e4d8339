using System.Diagnostics;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Training;

namespace MocoSharp.Cli.Tests;

/// <summary>The programs in <c>samples/</c>, each as a process of its own, for they see what a user's program sees.</summary>
public sealed class SampleTests : Workbench
{
    [Fact]
    public void A_program_trains_embeds_and_tests()
    {
        string pictures = Pictures();
        string[] lines = RunSample("Photos", Recipe, pictures, At("run"), Path.Combine(pictures, "test", "red", "00.png"),
            Path.Combine(pictures, "test", "blue", "00.png"));
        Assert.Equal("2 vectors of 64 numbers", lines[0]);
        Assert.Matches(@"^linear: \d+\.\d% of the test pictures$", lines[1]);
        Assert.True(File.Exists(At("run", "encoder.safetensors")));
        Assert.Single(Directory.GetFiles(At("run", "eval"), "linear-50pct-*.json"));
    }

    [Fact]
    public void A_method_of_another_assembly_trains_and_is_tested()
    {
        string[] lines = RunSample("OwnMethod", Pictures(), At("run"));
        Assert.Matches(@"^loss \d\.\d{3}, kNN \d+\.\d%$", lines[0]);
        Assert.Contains("pair-contrast", File.ReadAllText(At("run", "recipe.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_of_another_assembly_is_in_recipes()
    {
        string[] lines = RunSample("OwnAugmentation", Pictures(), At("run"));
        Assert.Matches(@"^loss \d\.\d{3}, kNN \d+\.\d%$", lines[0]);
        Assert.Contains("posterize", File.ReadAllText(At("run", "recipe.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Scenes_of_two_kinds_are_opened_and_learned_from()
    {
        string[] lines = RunSample("PairedPictures", Tiles(), At("run"));
        Assert.Equal("12 scenes, the first 64 x 64 with 1 partner", lines[0]);
        Assert.Matches(@"^loss \d+\.\d{3}$", lines[1]);
    }

    [Fact]
    public void Vectors_are_learned_from_in_another_library()
    {
        string pictures = Pictures();
        Tool.Run("train", Recipe, "--data", pictures, "--run", At("run"), "--epochs", "1").Succeeded();
        string[] lines = RunSample("MlNet", At("run"), pictures);
        double accuracy = double.Parse(Assert.Single(lines).Split(' ')[1].TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(accuracy, 60, 100);      // three colors: chance is 33
    }

    [Fact]
    public async Task An_encoders_file_alone_gives_the_vectors_of_its_run()
    {
        string pictures = Pictures();
        Run run = await Trainer.TrainAsync(Recipe, pictures, At("run"), stop: StopAfter.Steps(1),
            cancel: TestContext.Current.CancellationToken);
        string[] paths = [Path.Combine(pictures, "test", "red", "00.png"), Path.Combine(pictures, "test", "blue", "01.png")];
        File.Copy(run.Folder.Encoder, At("encoder.safetensors"));
        using Embedder ofRun = run.Embedder(), alone = Embedder.Open(At("encoder.safetensors"));
        Assert.Equal(await ofRun.EmbedAsync(paths, TestContext.Current.CancellationToken),
            await alone.EmbedAsync(paths, TestContext.Current.CancellationToken));
        ImagingException error = await Assert.ThrowsAsync<ImagingException>(() => alone.EmbedAsync([paths[0], At("no.png")]));
        Assert.Contains(At("no.png"), error.Message, StringComparison.Ordinal);
    }

    private static string[] RunSample(string sample, params string[] arguments)
    {
        string artifacts = AppContext.BaseDirectory;
        while (Path.GetFileName(artifacts) != "artifacts") artifacts = Path.GetDirectoryName(artifacts)!;
        ProcessStartInfo start = new("dotnet", [Path.Combine(artifacts, "bin", sample, "release", sample + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
