using System.Globalization;

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

    /// <summary>Maps of earlier epochs.</summary>
    internal string EpochsFolder => Path.Combine(root, "epochs");

    /// <summary>Updates until each epoch that has a map.</summary>
    internal IEnumerable<long> Epochs => !Directory.Exists(EpochsFolder) ? [] : Directory.EnumerateFiles(EpochsFolder, "*.csv")
        .Select(static path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture,
            out long step) ? step : -1)
        .Where(static step => step >= 0);

    /// <summary>Folders of pictures that were selected, by number.</summary>
    internal string Selections => Path.Combine(root, "selections");

    /// <summary>Other tables with a column name or file: their columns color the map.</summary>
    internal IEnumerable<string> Tables => !Directory.Exists(root) ? [] : Directory.EnumerateFiles(root, "*.csv")
        .Where(path => path != Map && path != Labels && !path.EndsWith(".names.csv", StringComparison.Ordinal)
            && new FileInfo(path).LinkTarget is null)
        .Order(StringComparer.Ordinal);

    /// <summary>An epoch's points.</summary>
    /// <param name="step">Updates until then.</param>
    internal string EpochMap(long step) => OfEpoch(step, ".csv");

    /// <summary>Its map as a picture.</summary>
    internal string EpochPicture(long step) => OfEpoch(step, ".png");

    /// <summary>Its embeddings, while the map is made.</summary>
    internal string EpochEmbeddings(long step) => OfEpoch(step, ".npy");

    internal void Create() => Directory.CreateDirectory(root);

    private string OfEpoch(long step, string extension) =>
        Path.Combine(EpochsFolder, step.ToString(CultureInfo.InvariantCulture) + extension);
}
