using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Files that people give for a data set and that are none: archives, videos, one picture; told by their first bytes.</summary>
internal static class ForeignFile
{
    private const int Looked = 512;

    /// <summary>The error for such a file; null for any other.</summary>
    internal static ImagingException? Explain(string path)
    {
        byte[] bytes = new byte[Looked];
        int length;
        try
        {
            using FileStream file = File.OpenRead(path);
            length = file.ReadAtLeast(bytes, Looked, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;        // whoever reads it says so
        }
        ReadOnlySpan<byte> start = bytes.AsSpan(0, length);
        // IDX and CIFAR files may be compressed
        bool mayBeRecords = start is [0x1F, 0x8B, ..] && !Path.GetFileName(path).Contains(".t", StringComparison.OrdinalIgnoreCase);
        if (mayBeRecords)
            return null;
        if (FormatSniffer.Known(start) is { } format)
            return new ImagingException(ErrorIds.UnreadableDataSet, $"this is one picture ({format}), not a data set", path,
                "give the folder that holds it");
        return FormatSniffer.Foreign(start) is (string what, string fix)
            ? new ImagingException(ErrorIds.UnreadableDataSet, $"this is {what}, not a data set", path, $"{fix}; then give that folder")
            : null;
    }
}
