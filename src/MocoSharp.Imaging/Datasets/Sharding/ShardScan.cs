using System.Globalization;
using System.Runtime.ExceptionServices;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>What reading the headers of shards without an index found.</summary>
/// <param name="Facts">The shards in their order.</param>
/// <param name="Indices">What is where in each.</param>
/// <param name="Classes">The classes' names in label order; empty when nothing is labeled.</param>
/// <param name="Notes">What was passed over, a sentence each.</param>
internal sealed record ShardScan(
    IReadOnlyList<ShardFacts> Facts, IReadOnlyList<ShardIndex> Indices, IReadOnlyList<string> Classes, IReadOnlyList<string> Notes)
{
    private const int MostNumbered = 100_000;

    /// <summary>Reads shards.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="names">Their names, 1 or more.</param>
    /// <param name="withChecksums">Whether the pictures are read too, for their checksums.</param>
    /// <param name="done">Told the number of shards after each; from any thread.</param>
    /// <param name="cancel">Stops between shards.</param>
    /// <exception cref="ImagingException">As <see cref="TarScan.Run"/>.</exception>
    internal static ShardScan Run(string folder, IReadOnlyList<string> names, bool withChecksums, Action<int>? done = null,
        CancellationToken cancel = default)
    {
        TarFindings[] found = new TarFindings[names.Count];
        int count = 0;
        try
        {
            Parallel.For(0, found.Length, new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancel,
            }, i =>
            {
                found[i] = TarScan.Run(Path.Join(folder, names[i]), withChecksums);
                done?.Invoke(Interlocked.Increment(ref count));
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions.OrderBy(static error => (error as MocoException)?.At).First());
        }
        string[] classes = ClassesOf(found.SelectMany(static one => one.Labels).OfType<string>().Distinct(StringComparer.Ordinal));
        Dictionary<string, int> labels = classes.Index().ToDictionary(static one => one.Item, static one => one.Index,
            StringComparer.Ordinal);
        ShardIndex[] indices = [.. found.Select(one => one.Index.Labeled(
            [.. one.Labels.Select(label => label is null ? -1 : labels[label])]))];
        return new ShardScan([.. indices.Select((index, i) => new ShardFacts(names[i], index.Count, index.ShardBytes, index.Checksum))],
            indices, classes, [.. NotesOf(found)]);
    }

    // numbers keep their order and their gaps: label 7 is class 7
    private static string[] ClassesOf(IEnumerable<string> labels)
    {
        string[] all = [.. labels.Order(StringComparer.Ordinal)];
        int most = -1;
        foreach (string label in all)
            if (int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < MostNumbered
                && number.ToString(CultureInfo.InvariantCulture) == label)
                most = Math.Max(most, number);
            else
                return all;
        return LabelTable.Numbered(most + 1);
    }

    private static IEnumerable<string> NotesOf(TarFindings[] found)
    {
        long others = found.Sum(static one => (long)one.Others), keyless = found.Sum(static one => (long)one.Keyless),
            unlabeled = found.Sum(static one => (long)one.Labels.Count(static label => label is null)),
            pictures = found.Sum(static one => (long)one.Index.Count);
        if (keyless > 0)
            yield return keyless == 1 ? "1 key has no picture and is passed over"
                : $"{keyless:N0} keys have no picture and are passed over";
        if (others > 0)
            yield return $"{others:N0} members of shards are neither pictures nor labels (.cls) nor descriptions (.json), and are "
                + "passed over";
        if (unlabeled > 0 && unlabeled < pictures)
            yield return $"{unlabeled:N0} of the {pictures:N0} pictures have no label";
    }
}
