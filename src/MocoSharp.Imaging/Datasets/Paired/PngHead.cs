namespace MocoSharp.Imaging.Datasets;

/// <summary>Looks at the first bytes of a PNG file, without decoding it.</summary>
internal static class PngHead
{
    private const int DepthAt = 24;         // signature 8, chunk head 8, width 4, height 4
    private static readonly byte[] s_signature = [0x89, 0x50, 0x4E, 0x47];

    /// <summary>Whether a file is a PNG of 16 bits a sample; false for what cannot be read, which its decoder then says.</summary>
    internal static bool HasSixteenBits(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[DepthAt + 1];
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.StartsWith(s_signature)
                && head[DepthAt] == 16;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
