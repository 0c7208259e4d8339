namespace MocoSharp;

/// <summary>Where a file is to be written.</summary>
public static class NewFile
{
    /// <summary>What stands in the way of a file, in words that follow "a file cannot be written there: "; null where nothing does. A file
    /// of that name is no obstacle.</summary>
    /// <param name="path">The file.</param>
    public static string? Obstacle(string path)
    {
        if (Directory.Exists(path)) return "it is a folder";
        for (string? parent = Path.GetDirectoryName(Path.GetFullPath(path)); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (File.Exists(parent)) return $"{parent} is a file, and a folder would have to be there";
            if (Directory.Exists(parent)) return null;
        }
        return null;
    }
}
