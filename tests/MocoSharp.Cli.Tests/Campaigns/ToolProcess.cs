using System.Diagnostics;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>The tool as a program of its own, which can be killed.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _out, _error;

    private ToolProcess(Process process)
    {
        _process = process;
        (_out, _error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    internal bool HasExited => _process.HasExited;

    internal static ToolProcess Start(params string[] args) => Start(new Dictionary<string, string>(), args);

    internal static ToolProcess Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host
            : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "moco.dll"), .. args])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new ToolProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL: nothing of the program's own runs after it.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    internal Tool Finish(TimeSpan longest)
    {
        if (!_process.WaitForExit(longest))
        {
            _process.Kill();
            Assert.Fail($"the tool did not end within {longest.TotalSeconds} s\n{_out.Result}\n{_error.Result}");
        }
        return new Tool(_process.ExitCode, _out.Result, _error.Result);
    }

    public void Dispose() => _process.Dispose();
}
