namespace MocoSharp.Recipes.Yaml;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest differing letters; null where none is near.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        // A third of the letters may differ: "lr" must not become "seed".
        int allowed = Math.Max(1, written.Length / 3);
        return known.Select(name => (name, distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(pair => pair.distance <= allowed).OrderBy(pair => pair.distance).Select(pair => pair.name).FirstOrDefault();
    }

    /// <summary>The fix for a name that is not known: the nearest one, and all of them.</summary>
    public static string Fix(string written, IReadOnlyCollection<string> known, string taker) =>
        (Of(written, known) is { } near ? $"did you mean '{near}'? " : "")
        + $"{taker}: {(known.Count == 0 ? "none" : string.Join(", ", known))}";

    // Optimal string alignment: insert, delete, replace, or swap two neighbors.
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
