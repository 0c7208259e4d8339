using System.Diagnostics;
using System.Text;
using MocoSharp.Runs;

namespace MocoSharp.Studio.Jobs;

/// <summary>A job at work: its processes, what they say, and how they end.</summary>
internal sealed class JobWork : IDisposable
{
    private const int MostLines = 12, LongestLine = 400, CanceledCode = 130;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60), s_newsEvery = TimeSpan.FromMilliseconds(250);

    private readonly IReadOnlyList<JobStep> _steps;
    private readonly ToolCommand _tool;
    private readonly TimeProvider _time;
    private readonly Action<Job> _tell;
    private readonly Action? _askToStop;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private long _told;

    internal JobWork(int number, string run, string title, IReadOnlyList<JobStep> steps, ToolCommand tool, TimeProvider time,
        Action<Job> tell, Action? stop)
    {
        (_steps, _tool, _time, _tell, _askToStop) = (steps, tool, time, tell, stop);
        Job = new Job(number, run, title,
            [.. steps.Select(static step => $"moco {string.Join(' ', step.Words.Select(Shown))}")],
            JobState.Waiting, []);
    }

    internal Job Job { get; private set; }

    internal Task Ended { get; private set; } = Task.CompletedTask;

    /// <param name="turn">What it waits for; null for nothing.</param>
    internal void Begin(SemaphoreSlim? turn) => Ended = Task.Run(() => RunAsync(turn));

    internal void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private static string Shown(string word) => word[0] == '-' ? word : CommandText.Quoted(word);

    private async Task RunAsync(SemaphoreSlim? turn)
    {
        bool isMine = false;
        try
        {
            if (turn is not null)
            {
                await turn.WaitAsync(_stop.Token);
                isMine = true;
            }
            Change(JobState.Running);
            foreach (JobStep step in _steps)
            {
                if (await RunAsync(step) is int code && code == 0) continue;
                Change(_stop.IsCancellationRequested ? JobState.Stopped : JobState.Failed);
                return;
            }
            Change(JobState.Done);
        }
        catch (OperationCanceledException)
        {
            Change(JobState.Stopped);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception
            or MocoException)
        {
            Add(error.Message);
            Change(JobState.Failed);
        }
        finally
        {
            if (isMine) turn!.Release();
        }
    }

    private async Task<int> RunAsync(JobStep step)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(_tool.Program, [.. _tool.First, .. step.Words])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginErrorReadLine();
        using CancellationTokenRegistration stop = _stop.Token.Register(() => EndAsync(process));
        string output = await ReadAsync(process.StandardOutput, isKept: step.Keep is not null);
        await process.WaitForExitAsync();
        if (process.ExitCode == 0 && step.Keep is { } path) AtomicFile.Write(path, Encoding.UTF8.GetBytes(output));
        if (process.ExitCode == 0)
            foreach (string file in step.Drop) File.Delete(file);
        return process.ExitCode == CanceledCode && _askToStop is not null && !_stop.IsCancellationRequested ? 0 : process.ExitCode;
    }

    private async Task<string> ReadAsync(StreamReader output, bool isKept)
    {
        if (isKept) return await output.ReadToEndAsync();
        while (await output.ReadLineAsync() is { } line) Add(line);
        return "";
    }

    // A training is asked and waited for, since it writes a checkpoint; other work is ended.
    private async void EndAsync(Process process)
    {
        try
        {
            if (_askToStop is not null)
            {
                _askToStop();
                using CancellationTokenSource patience = new(s_patience, _time);
                await process.WaitForExitAsync(patience.Token);
                return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or MocoException or InvalidOperationException)
        {
            // it does not listen
        }
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // it has ended by itself
        }
    }

    private void Add(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_lock)
        {
            _lines.Enqueue(line.Length <= LongestLine ? line : $"{line[..LongestLine]}…");
            while (_lines.Count > MostLines) _lines.Dequeue();
            Job = Job with { Lines = [.. _lines] };
            long now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_told, now) < s_newsEvery) return;
            _told = now;
        }
        _tell(Job);
    }

    private void Change(JobState state)
    {
        lock (_lock) Job = Job with { State = state };
        _tell(Job);
    }
}
