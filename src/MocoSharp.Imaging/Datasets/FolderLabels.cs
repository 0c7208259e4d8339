namespace MocoSharp.Imaging.Datasets;

/// <summary>Labels from the first folder below the root; classes in ordinal order of their names.</summary>
internal static class FolderLabels
{
    /// <summary>Whether every picture lies exactly one folder deep and there are two such folders or more.</summary>
    internal static bool LooksLikeClasses(FileTable files)
    {
        HashSet<int> used = [];
        for (int i = 0; i < files.Count; i++)
            used.Add(files.FolderOf(i));
        return used.Count >= 2 && used.All(folder => files.Folders[folder] is { Length: > 0 } path && !path.Contains('/'));
    }

    /// <summary>Labels every picture.</summary>
    /// <exception cref="ImagingException">A picture lies in the root itself.</exception>
    internal static LabelTable Of(FileTable files, string root)
    {
        string[] classOfFolder = [.. files.Folders.Select(path => path.Split('/')[0])];
        SortedSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < files.Count; i++)
        {
            string name = classOfFolder[files.FolderOf(i)];
            if (name.Length == 0)
                throw new ImagingException(ErrorIds.PictureOutsideClasses,
                    $"labels are taken from folders, but {files.PathOf(i)} lies in none", root,
                    "move it into its class's folder, or ask for no labels");
            names.Add(name);
        }
        string[] classes = [.. names];
        int[] labelOfFolder = [.. classOfFolder.Select(name => Array.BinarySearch(classes, name, StringComparer.Ordinal))];
        int[] labels = new int[files.Count];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = labelOfFolder[files.FolderOf(i)];
        return new LabelTable(classes, labels);
    }
}
