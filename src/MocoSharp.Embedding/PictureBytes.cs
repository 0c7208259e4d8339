using MocoSharp.Imaging;
using PictureErrors = MocoSharp.Imaging.ErrorIds;

namespace MocoSharp.Embedding;

/// <summary>The bytes of a picture's file, wherever they come from, up to a limit.</summary>
internal static class PictureBytes
{
    private const int Piece = 1 << 16;

    /// <summary>A file's.</summary>
    /// <exception cref="BadImageException">MS3007: it cannot be read. MS3005: it is longer than any picture within the limits.</exception>
    internal static byte[] OfFile(string path, long limit)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.CanSeek && file.Length > limit ? throw TooLong(path, limit) : Of(file, path, limit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadImageException(PictureErrors.UnreadableFile, $"the picture cannot be read: {error.Message}", path,
                "check the path and its permissions", error);
        }
    }

    /// <summary>A stream's, from where it stands to its end.</summary>
    /// <exception cref="MocoException">MS5243: it is closed or cannot be read.</exception>
    /// <exception cref="BadImageException">MS3005: it is longer than any picture within the limits.</exception>
    internal static byte[] OfStream(Stream stream, long limit)
    {
        if (!stream.CanRead) throw Unreadable("it is closed, or only written to", null);
        try
        {
            return Of(stream, "the stream", limit);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or NotSupportedException)
        {
            throw Unreadable(error.Message, error);
        }
    }

    private static byte[] Of(Stream stream, string name, long limit)
    {
        using MemoryStream bytes = new();
        byte[] piece = new byte[Piece];
        for (int read; (read = stream.Read(piece)) > 0;)
        {
            if (bytes.Length + read > limit) throw TooLong(name, limit);
            bytes.Write(piece, 0, read);
        }
        return bytes.ToArray();
    }

    private static MocoException Unreadable(string why, Exception? inner) =>
        new(ErrorIds.UnreadableStream, $"the picture's stream cannot be read: {why}",
            fix: "hand over an open stream at the picture's start", inner: inner);

    private static BadImageException TooLong(string name, long limit) => new(PictureErrors.TooLarge,
        $"it has more than {limit:N0} bytes, the most that a picture within the limit on pixels takes", name,
        "shrink the picture, or raise MaximumPixels");
}
