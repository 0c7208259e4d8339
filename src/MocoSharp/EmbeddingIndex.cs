using Cloud.Unum.USearch;
using MocoSharp.Embeddings;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>How an index is built.</summary>
/// <param name="Precision">As what it holds numbers; null for fp32, or for what it has.</param>
/// <param name="Rebuild">Whether one that is there is thrown away.</param>
public sealed record IndexOptions(IndexPrecision? Precision = null, bool Rebuild = false);

/// <summary>What building an index, or bringing it up to date, came to.</summary>
/// <param name="Index">The graph's file.</param>
/// <param name="Rows">Rows that it holds.</param>
/// <param name="Added">Rows of them that are new in it.</param>
/// <param name="Removed">Rows that it held and the file does not have any more.</param>
/// <param name="PassedOver">Rows without an embedding, or of zeros alone.</param>
/// <param name="Precision">As what it holds numbers.</param>
/// <param name="Bytes">Size of both files.</param>
/// <param name="Recall">The share of the ten truly nearest rows that it finds, 0 to 1.</param>
/// <param name="Candidates">At how many entries a search looks at least: 64, and up to 512 where the recall would be below
/// 0.99.</param>
/// <param name="Asked">How many rows that was measured with.</param>
/// <param name="QueryMilliseconds">What one of these searches took, the median.</param>
/// <param name="Seconds">What all took.</param>
public sealed record IndexResult(
    string Index, int Rows, int Added, int Removed, int PassedOver, IndexPrecision Precision, long Bytes, double Recall, int Candidates,
    int Asked, double QueryMilliseconds, double Seconds);

/// <summary>How far the building of an index is.</summary>
/// <param name="Done">Rows added.</param>
/// <param name="Total">Rows to add.</param>
public sealed record IndexProgress(int Done, int Total) : RunProgress;

/// <summary>Builds <see cref="SimilarityIndex"/>es, and brings them up to date.</summary>
/// <remarks>Rows are added in a shuffled order: added class by class, as folders have them, the graph finds fewer of the nearest. One
/// processor builds it, so that the same rows give the same file. A row whose numbers changed is another row. Where removed rows would be
/// a third of the graph's entries, it is built anew.</remarks>
public static class EmbeddingIndex
{
    private const int Connectivity = 16, ExpansionToAdd = 128, RowsAtOnce = 1024;

    /// <summary>Builds the index of a file, or brings the one that is there up to date: rows that are new are added, rows that are gone
    /// removed.</summary>
    /// <param name="embeddings">The file, as <see cref="EmbeddingsFile.Open"/> takes it.</param>
    /// <param name="options">How; null for fp32.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="cancel">Stops between rows; what was there stays as it was.</param>
    /// <exception cref="MocoException">MS5150: the index that is there is of another encoder, or of another precision, or damaged. MS5101:
    /// the file is damaged.</exception>
    public static Task<IndexResult> UpdateAsync(
        string embeddings, IndexOptions? options = null, IProgress<RunProgress>? progress = null, TimeProvider? time = null,
        CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Update(Path.GetFullPath(embeddings), options ?? new IndexOptions(), progress, time ?? TimeProvider.System,
            cancel), cancel);

    private static IndexResult Update(string embeddings, IndexOptions options, IProgress<RunProgress>? progress, TimeProvider time,
        CancellationToken cancel)
    {
        long begun = time.GetTimestamp();
        using EmbeddingsFile file = EmbeddingsFile.Open(embeddings);
        string path = SimilarityIndex.PathOf(file.Path), rowsPath = SimilarityIndex.RowsPathOf(file.Path),
            unfinished = $"{path}.unfinished";
        IndexRows? before = options.Rebuild ? null : Before(file, path, rowsPath, options);
        IndexPlan plan = IndexPlan.Of(file, before, cancel);
        if (before is not null && plan.IsBetterAnew)
        {
            if (plan.Removed > 0) progress.Warn("more than a third of the index's entries are of rows that are gone: it is built anew");
            (before, plan) = (null, IndexPlan.Of(file, null, cancel));
        }
        IndexPrecision precision = options.Precision ?? before?.Precision ?? IndexPrecision.Fp32;
        IndexRows rows = new(plan.Marks, plan.Keys, plan.NextKey, file.Encoder ?? before?.Encoder, precision, Graph: 0, plan.Removed,
            Recall: 0, IndexRecall.LeastCandidates);
        IndexRecall recall;
        try
        {
            (rows, recall) = Build(file, before is null ? null : path, unfinished, plan, rows, progress, time, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        rows.Write(rowsPath);
        int held = plan.Keys.Count(static key => key >= 0);
        return new IndexResult(path, held, plan.Added.Count, plan.Gone.Count, file.Count - held, precision,
            new FileInfo(path).Length + new FileInfo(rowsPath).Length, recall.Share, recall.Candidates, recall.Asked, recall.Milliseconds,
            time.GetElapsedTime(begun).TotalSeconds);
    }

    private static (IndexRows Rows, IndexRecall Recall) Build(EmbeddingsFile file, string? before, string unfinished, IndexPlan plan,
        IndexRows rows, IProgress<RunProgress>? progress, TimeProvider time, CancellationToken cancel)
    {
        using (USearchIndex graph = before is null ? Empty(file, rows.Precision) : new USearchIndex(before, view: false))
        {
            foreach (long key in plan.Gone) graph.Remove((ulong)key);
            Add(graph, file, plan, progress, cancel);
            graph.Save(unfinished);
        }
        rows = rows with { Graph = IndexRows.HashOf(unfinished) };
        progress.Doing("comparing with exact search");
        using SimilarityIndex index = SimilarityIndex.Open(file, unfinished, rows);
        IndexRecall recall = IndexRecall.Of(file, index, time, cancel);
        return (rows with { Recall = recall.Share, Candidates = recall.Candidates }, recall);
    }

    private static IndexRows? Before(EmbeddingsFile file, string path, string rowsPath, IndexOptions options)
    {
        if (!File.Exists(path) || !File.Exists(rowsPath)) return null;
        IndexRows rows = IndexRows.Read(rowsPath);
        string? wrong = rows.Encoder is { } own && file.Encoder is { } other && own != other ? "it is of the embeddings of another encoder"
            : options.Precision is { } precision && precision != rows.Precision ? $"its numbers are {Name(rows.Precision)}"
            : IndexRows.HashOf(path) != rows.Graph ? "it is damaged" : null;
        if (wrong is null) return rows;
        throw new MocoException(ErrorIds.IndexDiffers, $"there is an index already, and {wrong}", at: path,
            fix: "throw it away and build another: --rebuild");
    }

    /// <summary>fp32 or int8.</summary>
    public static string Name(IndexPrecision precision) => precision == IndexPrecision.Fp32 ? "fp32" : "int8";

    private static USearchIndex Empty(EmbeddingsFile file, IndexPrecision precision) => new(
        MetricKind.Cos, precision == IndexPrecision.Fp32 ? ScalarKind.Float32 : ScalarKind.Int8, (ulong)file.Dimensions, Connectivity,
        ExpansionToAdd, IndexRecall.LeastCandidates);

    private static void Add(USearchIndex graph, EmbeddingsFile file, IndexPlan plan, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        int done = 0;
        foreach (int[] some in plan.Added.Chunk(RowsAtOnce))
        {
            cancel.ThrowIfCancellationRequested();
            progress?.Report(new IndexProgress(done, plan.Added.Count));
            float[][] rows = [.. some.Select(row =>
            {
                float[] values = new float[file.Dimensions];
                file.Read(row, values);
                return values;
            })];
            graph.Add([.. some.Select(row => (ulong)plan.Keys[row])], rows);
            done += some.Length;
        }
        progress?.Report(new IndexProgress(done, plan.Added.Count));
    }
}
