namespace MocoSharp.Embeddings;

/// <summary>A file of embeddings and the pictures that it is of.</summary>
internal sealed class OpenSet : IDisposable
{
    private OpenSet(EmbeddingsFile file, NamedPictures pictures) => (File, Pictures) = (file, pictures);

    internal EmbeddingsFile File { get; }

    internal NamedPictures Pictures { get; }

    /// <summary>Opens both.</summary>
    /// <exception cref="MocoException">MS5101: the file is damaged. MS5106: its names are not those of the pictures.</exception>
    internal static OpenSet Open(string data, string embeddings, string? layer)
    {
        EmbeddingsFile file = EmbeddingsFile.Open(embeddings, layer);
        try
        {
            return new OpenSet(file, new NamedPictures(data, embeddings, file.Names));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Pictures.Dispose();
        File.Dispose();
    }
}
