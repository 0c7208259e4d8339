using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>The pictures that rows of a file of embeddings are of, found by their names below a data set.</summary>
internal sealed class NamedPictures : IDisposable
{
    private readonly DataSplits _data;
    private readonly Dictionary<string, int> _places = [];

    /// <summary>Opens the data set that a file was made of.</summary>
    /// <param name="data">What <c>moco embed --data</c> was given.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="MocoException">MS5106: the file has no names, or none of the data set's.</exception>
    /// <exception cref="Imaging.ImagingException">The data set cannot be opened.</exception>
    internal NamedPictures(string data, EmbeddingsFile file)
    {
        IReadOnlyList<string> names = file.Names ?? throw new MocoException(ErrorIds.NoPictureNames,
            "the file has no names, so its rows' pictures cannot be found", at: file.Path,
            fix: $"write the names beside it, as the column 'name' of {CommandText.Quoted(NamesFile.Of(file.Path))}");
        _data = DataSets.Open(data, new SourceOptions { Labels = LabelsFrom.None });
        Source = _data.Whole();
        for (int i = 0; i < Source.Count; i++) _places.TryAdd(Source.Name(i), i);
        if (names.Any(_places.ContainsKey)) return;
        string first = Source.Name(0);
        _data.Dispose();
        throw new MocoException(ErrorIds.NoPictureNames,
            $"none of the file's names ('{names[0]}' is the first) is that of a picture in {data} ('{first}' is the first)", at: file.Path,
            fix: "name the folder that the file was made of, as it was given to 'moco embed --data'");
    }

    /// <summary>All pictures.</summary>
    internal IImageSource Source { get; }

    /// <summary>A picture's place in the source; −1 where there is none of this name.</summary>
    internal int Find(string name) => _places.GetValueOrDefault(name, -1);

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();
}
