using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>The pictures that rows of a file of embeddings are of, found by their names below a data set.</summary>
internal sealed class NamedPictures : IDisposable
{
    private readonly Dictionary<string, int> _places = [];

    /// <summary>Opens the data set that a file was made of.</summary>
    /// <param name="data">What <c>moco embed --data</c> was given.</param>
    /// <param name="path">The file.</param>
    /// <param name="names">The names of its rows, or of those that matter; null where it has none.</param>
    /// <param name="labels">Where labels come from; null for where they came from when the file was made.</param>
    /// <exception cref="MocoException">MS5106: the file has no names, or none of the data set's.</exception>
    /// <exception cref="Imaging.ImagingException">The data set cannot be opened.</exception>
    internal NamedPictures(string data, string path, IReadOnlyList<string>? names, LabelsFrom? labels = null)
    {
        if (names is null)
            throw new MocoException(ErrorIds.NoPictureNames, "the file has no names, so its rows' pictures cannot be found", at: path,
                fix: NamesFile.HowToName(path));
        // labels decide which of several test folders is taken, as when the file was made
        Data = DataSets.Open(data, labels is null ? null : new SourceOptions { Labels = labels });
        Source = Data.Whole();
        for (int i = 0; i < Source.Count; i++) _places.TryAdd(Source.Name(i), i);
        if (names.Any(_places.ContainsKey)) return;
        string first = Source.Name(0);
        Data.Dispose();
        throw new MocoException(ErrorIds.NoPictureNames,
            $"none of its names ('{names[0]}' is the first) is that of a picture in {data} ('{first}' is the first)", at: path,
            fix: "name the folder that the file was made of, as it was given to 'moco embed --data'");
    }

    /// <summary>The data set's parts.</summary>
    internal DataSplits Data { get; }

    /// <summary>All pictures.</summary>
    internal IImageSource Source { get; }

    /// <summary>A picture's place in the source; −1 where there is none of this name.</summary>
    internal int Find(string name) => _places.GetValueOrDefault(name, -1);

    /// <inheritdoc/>
    public void Dispose() => Data.Dispose();
}
