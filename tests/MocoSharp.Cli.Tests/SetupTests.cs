using System.Diagnostics;

namespace MocoSharp.Cli.Tests;

/// <summary>What <c>tools/setup.sh</c> decides before it builds, on folders that only look like libtorch.</summary>
public sealed class SetupTests : Workbench
{
    [Fact]
    public void Libtorch_is_the_folder_that_is_named()
    {
        string folder = FakeTorch("official");
        Assert.Equal(folder, Bash("find_libtorch; echo $TORCH_FOLDER", folder).Out);
    }

    [Fact]
    public void A_folder_without_libtorch_is_refused_with_a_fix()
    {
        Tool tool = Bash("find_libtorch", Root);
        Assert.Equal(1, tool.Code);
        Assert.Contains($"MOCOSHARP_LIBTORCH names {Root}, which has no share/cmake/Torch/TorchConfig.cmake", tool.Error,
            StringComparison.Ordinal);
        Assert.Contains("fix: name the folder that an official libtorch was unpacked to", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pip_means_the_torch_of_python3()
    {
        string folder = FakeTorch("packages/torch");
        Assert.Equal(folder, Bash($"python3() {{ echo {folder}; }}; find_libtorch; echo $TORCH_FOLDER", "pip").Out);
    }

    [Fact]
    public void A_python3_without_torch_is_told_to_install_it()
    {
        Tool tool = Bash("python3() { echo; }; find_libtorch", "pip");
        Assert.Equal(1, tool.Code);
        Assert.Contains("fix: pip install torch", tool.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":", "same")]
    [InlineData("unset MOCOSHARP_LIBTORCH", "same")]
    [InlineData("MOCOSHARP_LIBTORCH=system", "changed")]
    [InlineData("echo newer >$MOCOSHARP_LIBTORCH/lib/libtorch_cpu.so", "changed")]
    [InlineData("rm $MOCOSHARP_LIBTORCH/lib/libtorch_cpu.so", "changed")]
    [InlineData("rm $TORCH_RECORD", "changed")]
    public void A_bridge_is_stale_when_its_libtorch_changes(string change, string expected)
    {
        string script = $"find_libtorch; record_libtorch; {change}; torch_has_changed && echo changed || echo same";
        Assert.Equal(expected, Bash(script, FakeTorch("official")).Out);
    }

    [Fact]
    public void Progress_is_a_line_a_quarter_where_nobody_watches()
    {
        Tool tool = Bash("for p in 1 10 26 51 76 100; do echo \"[ $p%] Building CXX object a/b.o\"; done | follow building", "");
        Assert.Equal(["building: 1%", "building: 26%", "building: 51%", "building: 76%"],
            tool.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private string FakeTorch(string name)
    {
        foreach (string file in new[] { "share/cmake/Torch/TorchConfig.cmake", "lib/libtorch_cpu.so" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name, file))!);
            File.WriteAllText(At(name, file), "");
        }
        return At(name);
    }

    private Tool Bash(string script, string libtorch)
    {
        // The scripts are the source's, what they write goes to the test's folder.
        string setup = $". {SourceFolder.Root}/tools/setup.sh; ARTIFACTS={Root}; LOG={Root}/log; TORCH_RECORD={Root}/libtorch; ";
        ProcessStartInfo start = new("bash", ["-c", setup + script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ROOT"] = SourceFolder.Root;
        start.Environment["MOCOSHARP_LIBTORCH"] = libtorch;
        using Process bash = Process.Start(start)!;
        Task<string> error = bash.StandardError.ReadToEndAsync();
        string output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return new Tool(bash.ExitCode, output.Trim(), error.Result);
    }
}
