namespace MocoSharp.Cli.Commands;

/// <summary>Where the demo's pictures are.</summary>
internal static class DemoPictures
{
    /// <summary>Where Debian's package puts them.</summary>
    internal const string Folder = "/usr/share/datasets/fashion-mnist";

    /// <summary>The folder to use.</summary>
    /// <exception cref="MocoException">MS6003: it is not there.</exception>
    internal static string Find(string? named) => Directory.Exists(named ?? Folder) ? named ?? Folder
        : throw new MocoException(CliErrorIds.NoDemoPictures, "the demo's pictures (Fashion-MNIST) are not there", at: named ?? Folder,
            fix: "apt install dataset-fashion-mnist, or name a folder with its four IDX files: --data DIR");
}
