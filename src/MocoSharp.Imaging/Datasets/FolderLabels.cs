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

    /// <summary>Why folders that look like classes are not taken for them; null where they do not look so, or are taken.</summary>
    internal static string? WhyNot(FileTable files)
    {
        const int Few = 10;
        if (LooksLikeClasses(files))
            return null;
        int[] strays = [.. Enumerable.Range(0, files.Count)
            .Where(i => files.Folders[files.FolderOf(i)] is not { Length: > 0 } path || path.Contains('/'))];
        int classes = Enumerable.Range(0, files.Count).Select(files.FolderOf).Distinct()
            .Count(folder => files.Folders[folder] is { Length: > 0 } path && !path.Contains('/'));
        return classes < 2 || strays.Length == 0 || strays.Length * Few > files.Count ? null
            : $"folders are not taken for classes, since {files.PathOf(strays[0])} "
            + $"{(strays.Length == 1 ? "does" : $"and {strays.Length - 1} more do")} not lie in one: move "
            + $"{(strays.Length == 1 ? "it" : "them")} away to have labels";
    }

    /// <summary>Labels every picture.</summary>
    /// <exception cref="ImagingException">A picture lies in the root itself.</exception>
    internal static LabelTable Of(FileTable files, string root)
    {
        string[] classOfFolder = [.. files.Folders.Select(static path => path.Split('/')[0])
            .Select(static name => name.Trim() is { Length: > 0 } trimmed ? trimmed : name)];
        Dictionary<string, string> spelled = [];        // one class, however its folders' names write their accents
        for (int i = 0; i < classOfFolder.Length; i++)
        {
            string form = CanonicalForm.Of(classOfFolder[i]);
            spelled.TryAdd(form, classOfFolder[i]);
            classOfFolder[i] = spelled[form];
        }
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
