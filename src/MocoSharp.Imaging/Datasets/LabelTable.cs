namespace MocoSharp.Imaging.Datasets;

/// <summary>Classes in label order and one label a picture.</summary>
/// <param name="Classes">The classes' names; empty when nothing is labeled.</param>
/// <param name="Labels">0 … Classes.Count − 1, or −1; empty when nothing is labeled.</param>
internal sealed record LabelTable(IReadOnlyList<string> Classes, int[] Labels)
{
    /// <summary>No classes, and −1 for every picture.</summary>
    internal static LabelTable Unlabeled { get; } = new([], []);

    /// <summary>How many pictures a file of labels names without a label, as a sentence; null for none.</summary>
    internal string? Unfilled { get; init; }

    /// <summary>A picture's label.</summary>
    internal int Of(int index) => Labels.Length == 0 ? -1 : Labels[index];

    /// <summary>Classes whose names are so alike that they may be one, and pictures whose label is not filled in, a sentence for
    /// each.</summary>
    internal IEnumerable<string> Notes() => Unfilled is null ? AlikeNotes() : AlikeNotes().Append(Unfilled);

    private IEnumerable<string> AlikeNotes() =>
        from alike in Classes.GroupBy(static name => name.Trim(), StringComparer.OrdinalIgnoreCase)
        where alike.Count() > 1
        select $"{string.Join(" and ", alike.Select(static name => $"'{name}'"))} are different classes: rename, if they are meant as one";

    /// <summary>Classes that are called by their number: 0, 1, 2 …</summary>
    internal static string[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(number => number.ToString())];
}
