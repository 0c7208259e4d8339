using System.Globalization;
using System.Runtime.InteropServices;
using MocoSharp.Runs;
using MocoSharp.Studio.Jobs;
using MocoSharp.Studio.Pictures;
using MocoSharp.Studio.Watch;

namespace MocoSharp.Studio.Maps;

/// <summary>The map at earlier epochs: one for each checkpoint that the run keeps, each started from and turned onto the one after
/// it.</summary>
internal static class EpochMaps
{
    /// <summary>Which there are, or could be made, the earliest first.</summary>
    internal static IReadOnlyList<EpochAnswer> Of(WatchedRun run)
    {
        Dictionary<long, int> epochs = [];
        foreach (EpochMetrics line in run.Metrics()) epochs[line.Step] = line.Epoch;
        long? own = StepOf(run);
        return [.. run.Folder.Steps().Union(run.Kept.Epochs).Where(step => step != own).Where(epochs.ContainsKey).Order()
            .Select(step => new EpochAnswer(step, epochs[step], File.Exists(run.Kept.EpochMap(step))))];
    }

    /// <summary>The epoch of the run's map itself; null where that is not known.</summary>
    internal static int? EpochOf(WatchedRun run) =>
        StepOf(run) is { } step ? run.Metrics().LastOrDefault(line => line.Step == step)?.Epoch : null;

    /// <summary>Makes those that are missing, the latest first.</summary>
    /// <exception cref="MocoException">MS5325: there is no map that they can be turned onto. MS5328: none is missing.</exception>
    internal static Job Make(WatchedRun run, JobList jobs)
    {
        if (!File.Exists(run.Kept.Map))
            throw new MocoException(StudioErrorIds.NoMap, "the studio has no map that those of earlier epochs can be turned onto",
                at: run.Kept.Map, fix: "make the map first");
        string data = run.Environment().Data[0], onto = run.Kept.Map;
        List<JobStep> steps = [];
        foreach (EpochAnswer epoch in Of(run).Reverse())
        {
            if (!epoch.IsMade) steps.AddRange(Steps(run, epoch.Step, data, onto));
            onto = run.Kept.EpochMap(epoch.Step);
        }
        if (steps.Count == 0)
            throw new MocoException(StudioErrorIds.WrongState, "the run keeps no checkpoint of another epoch than those on the slider",
                at: run.Folder.Checkpoints, fix: "keep more of them in the next training: --set checkpoints.keep=20");
        Directory.CreateDirectory(run.Kept.EpochsFolder);
        return jobs.Start(run, $"make the maps of earlier epochs of {run.Name}", steps);
    }

    /// <summary>x of all points, then y, as little-endian floats, in the order of the run's map. A picture that this one lacks stays where
    /// it is there.</summary>
    /// <exception cref="MocoException">MS5321: there is no such map. MS5324: it cannot be read.</exception>
    internal static byte[] Points(Collection collection, long step)
    {
        string path = collection.Run.Kept.EpochMap(step);
        if (step < 0 || !File.Exists(path)) throw new MocoException(StudioErrorIds.NotFound, "there is no map of this epoch");
        MapPoints own = MapPoints.Read(path);
        float[] places = [.. collection.Points.X, .. collection.Points.Y];
        for (int i = 0; i < own.Count; i++)
            if (collection.Find(own.Names[i]) is >= 0 and int place)
                (places[place], places[collection.Points.Count + place]) = (own.X[i], own.Y[i]);
        return MemoryMarshal.AsBytes(places.AsSpan()).ToArray();
    }

    private static IEnumerable<JobStep> Steps(WatchedRun run, long step, string data, string onto)
    {
        string embeddings = run.Kept.EpochEmbeddings(step);
        yield return new JobStep(["embed", run.Folder.Root, "--checkpoint", step.ToString(CultureInfo.InvariantCulture), "--data", data,
            "-o", embeddings, "--force", "--threads", "1"]);
        yield return new JobStep(["map", embeddings, "-o", run.Kept.EpochPicture(step), "--align", onto, "--points",
            run.Kept.EpochMap(step), "--force", "--threads", "1"])
        { Drop = [embeddings, $"{embeddings}.names.csv"] };
    }

    // the newest checkpoint that was there when the pictures of the run's map were embedded
    private static long? StepOf(WatchedRun run)
    {
        if (!File.Exists(run.Kept.Embeddings)) return null;
        DateTime embedded = File.GetLastWriteTimeUtc(run.Kept.Embeddings);
        foreach (long step in run.Folder.Steps())
            if (Directory.GetLastWriteTimeUtc(run.Folder.Checkpoint(step)) <= embedded) return step;
        return null;
    }
}

/// <summary>A map of an epoch.</summary>
/// <param name="Step">Updates until then.</param>
/// <param name="Epoch">Epochs until then.</param>
/// <param name="IsMade">Whether it is there.</param>
internal sealed record EpochAnswer(long Step, int Epoch, bool IsMade);
