using System.Diagnostics;
using MocoSharp.Cli.Interop;

namespace MocoSharp.Cli.Launching;

/// <summary>The processes of one start: all end when one does.</summary>
internal sealed class RankProcesses : IDisposable
{
    private const int Interrupt = 2, Terminate = 15;
    private readonly Process[] _processes;

    private RankProcesses(Process[] processes) => _processes = processes;

    /// <summary>Starts those of this host, each in a session of its own: a terminal's Ctrl+C then reaches the launcher alone, which passes
    /// it on once.</summary>
    internal static RankProcesses Start(LaunchPlan plan, int restart)
    {
        int port = plan.PortNow();
        IReadOnlyList<string> arguments = plan.ArgumentsAfter(restart);
        List<Process> started = [];
        try
        {
            for (int local = 0; local < plan.Processes; local++)
            {
                ProcessStartInfo how = new("setsid") { UseShellExecute = false, RedirectStandardInput = true };
                foreach (string word in Program().Concat(arguments)) how.ArgumentList.Add(word);
                foreach ((string name, string value) in plan.VariablesOf(local, restart, port)) how.Environment[name] = value;
                how.Environment[LauncherWatch.Variable] = LauncherWatch.Holds;
                started.Add(Process.Start(how) ?? throw new InvalidOperationException("setsid did not start"));
            }
            return new RankProcesses([.. started]);
        }
        catch
        {
            foreach (Process process in started) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Waits until all have ended by themselves, or one has failed and the others have been ended.</summary>
    /// <param name="grace">How long the others have to end by themselves after one has failed, and again after they were told to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Passed on as Ctrl+C.</param>
    /// <returns>The first failure's exit code, or 0; and which process of this host it was.</returns>
    internal async Task<(int Code, int Local)> EndAsync(TimeSpan grace, TimeProvider time, CancellationToken cancel)
    {
        using CancellationTokenRegistration passed = cancel.Register(() => Tell(Interrupt));
        List<Task<(int Code, int Local)>> running = [.. _processes.Select(static async (process, local) =>
        {
            await process.WaitForExitAsync();
            return (process.ExitCode, local);
        })];
        (int Code, int Local) first = (ExitCode.Done, 0);
        while (running.Count > 0)
        {
            Task<(int Code, int Local)> ended = await Task.WhenAny(running);
            running.Remove(ended);
            if ((await ended).Code == ExitCode.Done) continue;
            first = await ended;
            break;
        }
        if (running.Count == 0) return first;
        Task all = Task.WhenAll(running);
        foreach (Action next in new Action[] { () => Tell(Terminate), Kill })
        {
            if (await IsOverAsync(all, grace, time)) return first;
            next();
        }
        await all;
        return first;
    }

    public void Dispose()
    {
        Kill();
        foreach (Process process in _processes) process.Dispose();
    }

    private static async Task<bool> IsOverAsync(Task all, TimeSpan grace, TimeProvider time) =>
        await Task.WhenAny(all, Task.Delay(grace, time)) == all;

    private void Tell(int signal)
    {
        foreach (Process process in _processes)
            if (!process.HasExited) _ = NativeMethods.Signal(process.Id, signal);
    }

    private void Kill()
    {
        foreach (Process process in _processes)
            if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    /// <summary>This program, as it was started: by itself or by dotnet.</summary>
    private static IEnumerable<string> Program()
    {
        string own = Environment.ProcessPath!, library = typeof(RankProcesses).Assembly.Location;
        return Path.GetFileName(own) switch
        {
            "dotnet" => [own, library],
            var name when name == Path.GetFileNameWithoutExtension(library) => [own],
            _ => ["dotnet", library],           // inside another program
        };
    }
}
