using System.Globalization;
using System.Text;

namespace MocoSharp.Runs;

/// <summary><c>losses.csv</c>: the loss of every update, in nats. It is written with each checkpoint, so it never says more than the
/// newest one knows.</summary>
internal sealed class LossLog(string path)
{
    private const string Header = "step,loss";

    private readonly List<string> _lines = [];

    /// <summary>One update's.</summary>
    /// <param name="step">Updates done, this one included.</param>
    /// <param name="loss">The mean over its batches.</param>
    internal void Add(long step, double loss) => _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{step},{loss:R}"));

    /// <summary>Drops what comes after an update: it will be done again.</summary>
    internal void CutBack(long step)
    {
        if (!File.Exists(path)) return;
        string[] lines = File.ReadAllLines(path), kept = [.. lines.Where(line => StepOf(line) is { } of && of <= step)];
        if (kept.Length + 1 == lines.Length) return;
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(string.Join('\n', [Header, .. kept, ""])));
    }

    /// <summary>Appends what was added since the last time.</summary>
    internal void Write()
    {
        if (_lines.Count == 0) return;
        if (!File.Exists(path)) File.WriteAllText(path, Header + "\n");
        File.AppendAllText(path, string.Join('\n', [.. _lines, ""]));
        _lines.Clear();
    }

    /// <summary>All updates of a log, in their order.</summary>
    internal static IReadOnlyList<UpdateLoss> Read(string path) =>
    [
        .. File.ReadLines(path).Select(static line => StepOf(line) is { } step
        && double.TryParse(line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..],
            NumberStyles.Float, CultureInfo.InvariantCulture, out double loss) ? new UpdateLoss(step, loss) : null).OfType<UpdateLoss>(),
    ];

    // a line that a kill cut before its comma has no step
    private static long? StepOf(string line) =>
        line.Split(',') is [var text, _] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step
            : null;
}

/// <summary>The loss of one update.</summary>
/// <param name="Step">Updates done, this one included.</param>
/// <param name="Loss">In nats, the mean over its batches.</param>
public sealed record UpdateLoss(long Step, double Loss);
