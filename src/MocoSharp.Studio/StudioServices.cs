using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Labeling;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio;

/// <summary>What the endpoints share.</summary>
internal sealed record StudioServices(RunList Runs, RunWatcher Watcher, JobList Jobs, CollectionCache Collections, LabelBooks Labels)
    : IAsyncDisposable
{
    internal static StudioServices Open(StudioOptions options, TimeProvider time)
    {
        RunList runs = RunList.Open(options.Runs, time);
        RunWatcher watcher = new(runs, time);
        CollectionCache collections = new();
        return new StudioServices(runs, watcher, new JobList(options.Tool, watcher, time), collections, new LabelBooks());
    }

    public async ValueTask DisposeAsync()
    {
        await Watcher.DisposeAsync();
        await Jobs.DisposeAsync();
        Collections.Dispose();
    }
}
