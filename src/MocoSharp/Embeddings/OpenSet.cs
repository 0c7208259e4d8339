using MocoSharp.Imaging;
using MocoSharp.Imaging.Comparison;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>A file of embeddings and the pictures that it is of.</summary>
internal sealed class OpenSet : IDisposable
{
    private OpenSet(EmbeddingsFile file, NamedPictures pictures) => (File, Pictures) = (file, pictures);

    internal EmbeddingsFile File { get; }

    internal NamedPictures Pictures { get; }

    /// <summary>Sketches that were made already, by the pictures' places; null for one that was not.</summary>
    internal Func<int, PictureSketch?>? Sketches { get; set; }

    /// <summary>Opens both.</summary>
    /// <exception cref="MocoException">MS5101: the file is damaged. MS5106: its names are not those of the pictures.</exception>
    internal static OpenSet Open(string data, string embeddings, string? layer, LabelsFrom? labels = null)
    {
        EmbeddingsFile file = EmbeddingsFile.Open(embeddings, layer);
        try
        {
            return new OpenSet(file, new NamedPictures(data, embeddings, file.Names, labels));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What is kept of a picture.</summary>
    /// <exception cref="BadImageException">It cannot be read.</exception>
    internal PictureSketch Sketch(int place) => Sketches?.Invoke(place) ?? PictureSketch.Of(Pictures.Source.Load(place, default));

    public void Dispose()
    {
        Pictures.Dispose();
        File.Dispose();
    }
}
