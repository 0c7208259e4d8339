using System.Diagnostics;

namespace MocoSharp.Cli.Tests;

/// <summary><c>tools/scale</c>: its laws are tested in its own language.</summary>
public sealed class ScaleToolTests
{
    [Fact]
    public void The_simulator_of_many_ranks_keeps_its_laws()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        bool hasPython = folders.Any(static folder => File.Exists($"{folder}/python3"));
        Assert.SkipUnless(hasPython, "python3 is not installed");
        ProcessStartInfo start = new("python3", [Path.Combine(SourceFolder.Root, "tools", "scale", "test_scale.py")])
        {
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        Assert.Matches(@"Ran \d\d tests", said);
    }
}
