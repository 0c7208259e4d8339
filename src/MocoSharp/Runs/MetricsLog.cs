using System.Text.Json;
using System.Text.Json.Serialization;

namespace MocoSharp.Runs;

/// <summary>One epoch's line in <c>metrics.jsonl</c>.</summary>
/// <param name="Epoch">Epochs done, from 1.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Loss">Mean over the epoch, in nats.</param>
/// <param name="LearningRate">η of the epoch's last update.</param>
/// <param name="Knn">Top-1 of the kNN test in percent, where it was taken.</param>
/// <param name="ImagesPerSecond">Pictures (not views) a second of training, tests and checkpoints not counted.</param>
/// <param name="WaitFraction">Share of the training time spent waiting for pictures.</param>
/// <param name="ElapsedSeconds">Training time since the run's first step, tests and checkpoints included.</param>
/// <param name="BadImages">Unreadable pictures found so far.</param>
/// <param name="Measures">The method's own: queue fill and the like.</param>
/// <param name="ValidationLoss">The loss of the test pictures in evaluation mode, in nats, where the recipe asks for it.</param>
/// <param name="Ranks">How each process fared, where several trained together; <paramref name="ImagesPerSecond"/> is theirs
/// together.</param>
public sealed record EpochMetrics(
    int Epoch, long Step, double Loss, double LearningRate, double? Knn, double ImagesPerSecond, double WaitFraction, double ElapsedSeconds,
    int BadImages,
    IReadOnlyDictionary<string, double> Measures, double? ValidationLoss = null, IReadOnlyList<RankMetrics>? Ranks = null) : RunProgress;

/// <summary>How one of several processes fared in an epoch.</summary>
/// <param name="Rank">From 0.</param>
/// <param name="ImagesPerSecond">Its own pictures a second.</param>
/// <param name="DataWaitSeconds">How long it waited for pictures.</param>
/// <param name="PeerWaitSeconds">How long it waited for other ranks. The slowest rank waits least.</param>
/// <param name="BytesSent">About how much it sent.</param>
public sealed record RankMetrics(int Rank, double ImagesPerSecond, double DataWaitSeconds, double PeerWaitSeconds, long BytesSent);

/// <summary>Appends lines to <c>metrics.jsonl</c> and forces them to the disk.</summary>
internal sealed class MetricsLog : IDisposable
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly FileStream _file;

    /// <summary>Opens the log and cuts what is behind the checkpoint that training goes on from.</summary>
    /// <exception cref="MocoException">MS4009: one of the other lines cannot be read. Better told now than when the training is
    /// over.</exception>
    internal MetricsLog(string path, long keepBytes)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Note = NoteOf(path, keepBytes);
            if (_file.Length > keepBytes) _file.SetLength(keepBytes);
            _file.Seek(0, SeekOrigin.End);
            _ = Read(path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What people should know where the log and the checkpoint do not tell of the same epochs; null where they do.</summary>
    internal string? Note { get; }

    /// <summary>Bytes so far.</summary>
    internal long Length => _file.Length;

    /// <summary>All lines of a log.</summary>
    /// <exception cref="MocoException">MS4009: one of them cannot be read.</exception>
    internal static IReadOnlyList<EpochMetrics> Read(string path)
    {
        List<EpochMetrics> lines = [];
        if (!File.Exists(path)) return lines;
        try
        {
            foreach (string line in File.ReadLines(path))
                lines.Add(JsonSerializer.Deserialize<EpochMetrics>(line, Json) ?? throw new JsonException("it is empty"));
            return lines;
        }
        catch (JsonException error)
        {
            throw new MocoException(ErrorIds.MetricsDamaged, $"line {lines.Count + 1} cannot be read: {error.Message}", at: path,
                fix: "restore the file, or move it away: the run goes on with a new one, and nothing is learned from it", inner: error);
        }
    }

    private string? NoteOf(string path, long keepBytes)
    {
        if (_file.Length < keepBytes)
            return "metrics.jsonl is shorter than when the checkpoint was written: lines of earlier epochs are lost";
        if (_file.Length == keepBytes) return null;
        using FileStream behind = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        behind.Seek(keepBytes, SeekOrigin.Begin);
        using StreamReader lines = new(behind);
        int epochs = 0;
        while (lines.ReadLine() is not null) epochs++;
        return $"metrics.jsonl tells of {(epochs == 1 ? "1 epoch" : $"{epochs} epochs")} behind the checkpoint that training goes on "
            + $"from: {(epochs == 1 ? "it is trained again, and its line" : "they are trained again, and their lines")} replaced";
    }

    internal void Append(EpochMetrics metrics)
    {
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(metrics, Json));
        _file.WriteByte((byte)'\n');
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();
}
