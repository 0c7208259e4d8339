using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MocoSharp.Maps;

namespace MocoSharp.Benchmarks;

/// <summary>Makes a map of a file's features and times it, for bench/compare_umap.py.</summary>
internal static class MapProgram
{
    // map FEATURES OUT SEED THREADS: both files hold two int64 (rows, dimensions) and float32 values. The times go to OUT.json.
    internal static void Run(string features, string to, ulong seed, int threads)
    {
        PointSet points = Read(features);
        UmapOptions options = new(Seed: seed, Threads: threads);
        List<(double Share, double Seconds)> marks = [];
        long start = Stopwatch.GetTimestamp();
        Marks progress = new(share => marks.Add((share, Stopwatch.GetElapsedTime(start).TotalSeconds)));
        UmapFit map = Umap.Fit(points, options, progress: progress);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Write(to, map.Points);
        using Process process = Process.GetCurrentProcess();
        File.WriteAllText($"{to}.json", JsonSerializer.Serialize(new
        {
            seconds,
            neighbors = marks[0].Seconds,
            start = marks[1].Seconds - marks[0].Seconds,
            layout = seconds - marks[1].Seconds,
            peakMegabytes = process.PeakWorkingSet64 / 1e6,
            startedAt = map.Start.ToString(),
            parts = map.Parts,
        }));
    }

    private static PointSet Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        long[] shape = new long[2];
        file.ReadExactly(MemoryMarshal.AsBytes(shape.AsSpan()));
        float[] values = new float[shape[0] * shape[1]];
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new PointSet(values, (int)shape[1]);
    }

    private static void Write(string path, PointSet points)
    {
        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes<long>([points.Count, points.Dimensions]));
        file.Write(MemoryMarshal.AsBytes(points.Values.Span));
    }

    private sealed class Marks(Action<double> mark) : IProgress<double>
    {
        public void Report(double value) => mark(value);
    }
}
