using System.Diagnostics;

namespace MocoSharp.Cli.Tests;

/// <summary>The packages, made and installed into new projects outside of the tree. Takes minutes, so it runs where
/// <c>MOCOSHARP_PACKAGES</c> is set.</summary>
public sealed class PackagesTests
{
    [Fact]
    public async Task Packages_are_the_same_bytes_twice_and_work_outside_of_the_tree()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MOCOSHARP_PACKAGES") is { Length: > 0 }, "MOCOSHARP_PACKAGES is not set");
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Process check = Process.Start(new ProcessStartInfo(Path.Combine(SourceFolder.Root, "tools", "pack-check"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = check.StandardError.ReadToEndAsync(cancel);
        string text = await check.StandardOutput.ReadToEndAsync(cancel);
        await check.WaitForExitAsync(cancel);
        Assert.True(check.ExitCode == 0, text + await errors);
        Assert.Matches(@"(?m)^\d+ packages are the same bytes twice$", text);
        Assert.Matches(@"(?m)^32 vectors of 64 numbers, least cosine (0\.999|1\.000)", text);
        Assert.EndsWith("the packages work\n", text, StringComparison.Ordinal);
    }
}
