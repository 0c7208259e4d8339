namespace MocoSharp.Runs;

/// <summary>Small files that are there whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>What a file's name ends in while it is being written.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Writes a file in place of the one that may be there: a kill leaves the old one or the new one.</summary>
    /// <remarks>The name meanwhile is always the same, so what a kill leaves behind is written over the next time.</remarks>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The right to write it is missing.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string fresh = path + Unfinished;
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }
}
