namespace MocoSharp.Runs;

/// <summary>Which tensors of a file are which of a network's, whatever the file puts before the names: <c>module.encoder_q.</c>,
/// <c>module.</c>, <c>_orig_mod.</c>, <c>state_dict.</c>, or nothing.</summary>
/// <param name="Prefix">What stands before the names that matched; the one with most matches, the first in the file among equals.</param>
/// <param name="Matched">The network's names that the file has in the same shape.</param>
/// <param name="Misfits">Those that it has in another shape.</param>
/// <param name="Missing">Those that it has not.</param>
/// <param name="Unused">The file's names that no place of the network takes.</param>
public sealed record KeyMatch(
    string Prefix, IReadOnlyList<string> Matched, IReadOnlyList<KeyMisfit> Misfits, IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unused)
{
    /// <summary>Whether the network gets each of its tensors; counters of batches aside, which older files lack.</summary>
    public bool IsWhole => Misfits.Count == 0 && LacksNothing;

    /// <summary>Whether the file has each of the network's tensors in some shape; counters of batches aside.</summary>
    internal bool LacksNothing => Missing.All(static name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));

    /// <summary>Finds it.</summary>
    /// <param name="file">The file's tensors, in its order.</param>
    /// <param name="network">The network's.</param>
    public static KeyMatch Of(IReadOnlyList<NamedShape> file, IReadOnlyList<NamedShape> network)
    {
        HashSet<string> own = [.. network.Select(static item => item.Name)];
        int longest = network.Max(static item => item.Name.Length);
        Dictionary<string, int> prefixes = [];
        foreach (NamedShape item in file)
            for (int at = 0; at >= 0; at = item.Name.IndexOf('.', at) is >= 0 and var dot ? dot + 1 : -1)
                if (item.Name.Length - at <= longest && own.Contains(item.Name[at..]))
                    prefixes[item.Name[..at]] = prefixes.GetValueOrDefault(item.Name[..at]) + 1;
        string prefix = prefixes.Count == 0 ? "" : prefixes.MaxBy(static item => item.Value).Key;
        Dictionary<string, NamedShape> there = file.ToDictionary(static item => item.Name);
        ILookup<string, NamedShape> found = network.ToLookup(item =>
            !there.TryGetValue(prefix + item.Name, out NamedShape? same) ? "missing"
            : same.Shape.SequenceEqual(item.Shape) ? "matched" : "misfit");
        return new KeyMatch(prefix, [.. found["matched"].Select(static item => item.Name)],
            [.. found["misfit"].Select(item => new KeyMisfit(item.Name, there[prefix + item.Name].Shape, item.Shape))],
            [.. found["missing"].Select(static item => item.Name)],
            [.. file.Select(static item => item.Name).Where(name => !name.StartsWith(prefix, StringComparison.Ordinal)
                || !own.Contains(name[prefix.Length..]))]);
    }
}

/// <summary>A tensor by name and sizes.</summary>
public sealed record NamedShape(string Name, IReadOnlyList<long> Shape);

/// <summary>A tensor that a file has in another shape than a network.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="File">Sizes in the file.</param>
/// <param name="Network">Sizes in the network.</param>
public sealed record KeyMisfit(string Name, IReadOnlyList<long> File, IReadOnlyList<long> Network);
