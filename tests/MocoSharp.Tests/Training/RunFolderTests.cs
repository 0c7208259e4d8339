using MocoSharp.Runs;

namespace MocoSharp.Tests.Training;

/// <summary>A folder for a new run: what is a run's own may go, what is anybody else's stays.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-folder-").FullName;

    [Fact]
    public void A_folder_with_somebodys_recipe_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(At("recipe.yaml"), "mine");
        Assert.Equal("name another folder", Refused().Fix);
        Assert.Equal("mine", File.ReadAllText(At("recipe.yaml")));
    }

    [Theory, InlineData("notes.md"), InlineData("checkpoints/000000007/weights.safetensors"), InlineData("eval/knn.json"),
        InlineData("heads/mine.safetensors")]
    public void What_is_not_an_unbegun_runs_keeps_everything(string more)
    {
        Unbegun();
        Directory.CreateDirectory(Path.GetDirectoryName(At(more))!);
        File.WriteAllText(At(more), "kept");
        Refused();
        Assert.Equal("kept", File.ReadAllText(At(more)));
        Assert.Equal("a run's", File.ReadAllText(At("recipe.yaml")));
    }

    [Fact]
    public void A_run_that_was_killed_in_its_first_checkpoint_may_begin_again()
    {
        Unbegun();
        Directory.CreateDirectory(At("checkpoints/.unfinished-000000007"));
        File.WriteAllText(At("checkpoints/.unfinished-000000007/weights.safetensors"), "half");
        new RunFolder(_root).Create();
        Assert.Equal(["checkpoints", "eval"], Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Order());
    }

    [Theory, InlineData("checkpoints/"), InlineData("eval/"), InlineData("run.lock"), InlineData("recipe.yaml.unfinished"),
        InlineData("checkpoints/ eval/ run.lock recipe.yaml.unfinished")]
    public void A_run_that_was_killed_before_it_had_a_recipe_may_begin_again_and_resume_says_so(string there)
    {
        foreach (string entry in there.Split(' '))
        {
            if (entry.EndsWith('/')) Directory.CreateDirectory(At(entry));
            else File.WriteAllText(At(entry), "half");
        }
        MocoException error = Assert.Throws<MocoException>(new RunFolder(_root).MustExist);
        Assert.Contains("moco train … --run", error.Fix, StringComparison.Ordinal);
        Assert.StartsWith("it was stopped before it had begun", error.Fix, StringComparison.Ordinal);
        new RunFolder(_root).Create();
        Assert.Equal(["checkpoints", "eval"], Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Order());
    }

    [Theory, InlineData("environment.json"), InlineData("checkpoints/000000007/weights.safetensors"), InlineData("eval/mine.json"),
        InlineData("recipe.yaml.mine")]
    public void Without_a_recipe_anything_else_is_somebodys(string other)
    {
        foreach (string folder in new[] { "checkpoints", "eval" }) Directory.CreateDirectory(At(folder));
        Directory.CreateDirectory(Path.GetDirectoryName(At(other))!);
        File.WriteAllText(At(other), "kept");
        Refused();
        Assert.Equal("kept", File.ReadAllText(At(other)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string path) => Path.Combine(_root, path);

    private void Unbegun()
    {
        foreach (string folder in new[] { "checkpoints", "eval" }) Directory.CreateDirectory(At(folder));
        foreach (string file in new[] { "recipe.yaml", "environment.json", "metrics.jsonl", "views.png" })
            File.WriteAllText(At(file), "a run's");
    }

    private MocoException Refused()
    {
        MocoException error = Assert.Throws<MocoException>(new RunFolder(_root).Create);
        Assert.Equal(ErrorIds.RunExists, error.Id);
        return error;
    }
}
