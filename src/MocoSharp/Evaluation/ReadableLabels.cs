using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Evaluation;

/// <summary>The labels of those pictures that can be read: of the others none counts, for nothing may stand in for them.</summary>
internal static class ReadableLabels
{
    private const int Named = 20;

    /// <summary>Decodes every labeled picture once.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="request">How they are read.</param>
    /// <param name="warn">Told of those that cannot be.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>[N]: the picture's label; −1 where it has none or cannot be read.</returns>
    internal static int[] Of(IImageSource source, DecodeRequest request, Action<string> warn, CancellationToken cancel)
    {
        int[] labels = [.. Enumerable.Range(0, source.Count).Select(source.Label)];
        string?[] reasons = new string?[labels.Length];
        using ThreadLocal<ImageMemory> memories = new(static () => new ImageMemory());
        ParallelOptions all = new() { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, labels.Length, all, index =>
        {
            if (labels[index] < 0) return;
            try
            {
                _ = source.Load(index, request, memories.Value!);
            }
            catch (BadImageException error)
            {
                (labels[index], reasons[index]) = (-1, error.Message);
            }
        });
        int[] bad = [.. Enumerable.Range(0, labels.Length).Where(index => reasons[index] is not null)];
        foreach (int index in bad.Take(Named)) warn($"cannot read {source.Name(index)}: {reasons[index]}; its label is left out");
        if (bad.Length > Named) warn($"{bad.Length:N0} labeled pictures cannot be read, {Named} of them named here, and are left out");
        return labels;
    }
}
