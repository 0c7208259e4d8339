namespace MocoSharp.Studio.Pictures;

/// <summary>What the studio keeps in a run's folder: nothing that a training or a test reads by itself.</summary>
/// <param name="root">The folder <c>studio</c> of a run.</param>
internal sealed class StudioFolder(string root)
{
    /// <summary>The folder itself.</summary>
    internal string Root => root;

    /// <summary>The pictures' embeddings, as <c>moco embed</c> writes them.</summary>
    internal string Embeddings => Path.Combine(root, "embeddings.npy");

    /// <summary>The map's points, as <c>moco map --points</c> writes them.</summary>
    internal string Map => Path.Combine(root, "map.csv");

    /// <summary>The map as a picture.</summary>
    internal string MapPicture => Path.Combine(root, "map.png");

    /// <summary>Labels that were given in the studio, as <c>--label-file</c> reads them.</summary>
    internal string Labels => Path.Combine(root, "labels.csv");

    /// <summary>What <c>moco duplicates --json</c> said.</summary>
    internal string Duplicates => Path.Combine(root, "duplicates.json");

    /// <summary>What <c>moco audit --json</c> said.</summary>
    internal string Audit => Path.Combine(root, "audit.json");

    /// <summary>Other tables with a column name or file: their columns color the map.</summary>
    internal IEnumerable<string> Tables => !Directory.Exists(root) ? [] : Directory.EnumerateFiles(root, "*.csv")
        .Where(path => path != Map && path != Labels && !path.EndsWith(".names.csv", StringComparison.Ordinal)
            && new FileInfo(path).LinkTarget is null)
        .Order(StringComparer.Ordinal);

    internal void Create() => Directory.CreateDirectory(root);
}
