using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Jobs;

/// <summary>Work that pages asked for. One job at a time; trainings do not wait for it.</summary>
internal sealed class JobList(ToolCommand tool, RunWatcher watcher, TimeProvider time) : IAsyncDisposable
{
    private const int MostKept = 50, MostWaiting = 20;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<JobWork> _works = [];
    private int _last;

    /// <summary>The newest first.</summary>
    internal IReadOnlyList<Job> All()
    {
        lock (_lock) return [.. _works.Select(static work => work.Job).Reverse()];
    }

    /// <summary>Begins work that waits for its turn.</summary>
    /// <param name="run">The run that it is about.</param>
    /// <param name="title">What it does, for people.</param>
    /// <param name="steps">Commands, one after the other; each keeps its standard output where that is wanted.</param>
    /// <exception cref="MocoException">MS5328: the same is under way, or too much waits already.</exception>
    internal Job Start(WatchedRun run, string title, params IReadOnlyList<JobStep> steps) => Start(run, title, steps, _turn);

    /// <summary>Begins a training.</summary>
    internal Job Train(WatchedRun run, string title, IReadOnlyList<string> words) =>
        Start(run, title, [new JobStep(words)], turn: null, stop: run.Folder.AskToStop);

    /// <exception cref="MocoException">MS5321: there is no such job.</exception>
    internal Job Stop(int number)
    {
        JobWork? work;
        lock (_lock) work = _works.Find(one => one.Job.Number == number);
        if (work is null) throw new MocoException(StudioErrorIds.NotFound, "there is no such job", fix: "load the page again");
        work.Stop();
        return work.Job;
    }

    public async ValueTask DisposeAsync()
    {
        JobWork[] works;
        lock (_lock) works = [.. _works];
        foreach (JobWork work in works) work.Stop();
        foreach (JobWork work in works)
        {
            await work.Ended;
            work.Dispose();
        }
        _turn.Dispose();
    }

    private Job Start(WatchedRun run, string title, IReadOnlyList<JobStep> steps, SemaphoreSlim? turn, Action? stop = null)
    {
        JobWork work;
        lock (_lock)
        {
            JobWork[] open = [.. _works.Where(static one => !one.Ended.IsCompleted)];
            if (open.Any(one => one.Job.Run == run.Id && one.Job.Title == title))
                throw new MocoException(StudioErrorIds.WrongState, $"this is under way already: {title}", fix: "wait for it");
            if (open.Length >= MostWaiting)
                throw new MocoException(StudioErrorIds.WrongState, $"{open.Length} jobs wait already", fix: "wait for them, or stop some");
            if (_works.Find(static one => one.Ended.IsCompleted) is { } oldest && _works.Count >= MostKept)
            {
                _works.Remove(oldest);
                oldest.Dispose();
            }
            work = new JobWork(++_last, run.Id, title, steps, tool, time, job => watcher.Tell("job", job), stop);
            _works.Add(work);
        }
        work.Begin(turn);
        return work.Job;
    }
}

/// <summary>One command of a job.</summary>
/// <param name="Words">The command line without the program.</param>
/// <param name="Keep">The file that gets its standard output; null for none.</param>
internal sealed record JobStep(IReadOnlyList<string> Words, string? Keep = null)
{
    /// <summary>Files that nobody needs when it has ended well.</summary>
    internal IReadOnlyList<string> Drop { get; init; } = [];
}
