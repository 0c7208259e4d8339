namespace MocoSharp.Imaging.Datasets;

/// <summary>How a data set is to be read.</summary>
public sealed record SourceOptions
{
    /// <summary>Where a folder's labels come from. Default: <see cref="LabelsFrom.Auto"/>. IDX and CIFAR files have their own
    /// labels.</summary>
    public LabelsFrom Labels { get; init; } = LabelsFrom.Auto;

    /// <summary>What the files of a scene are, where a folder holds several a scene; none for ordinary folders.</summary>
    public IReadOnlyList<Modality> Modalities { get; init; } = [];
}

/// <summary>Where the labels of a folder of pictures come from.</summary>
public sealed record LabelsFrom
{
    private LabelsFrom(string word, string? csvPath = null) => (Word, CsvPath) = (word, csvPath);

    /// <summary>
    /// By folders when every picture lies exactly one folder below the root and there are two such folders or more; otherwise none. So a
    /// flat folder, one folder deep in another (2019/05/a.jpg) and pictures beside folders are unlabeled.
    /// </summary>
    public static LabelsFrom Auto { get; } = new("auto");

    /// <summary>No labels, whatever the folders are.</summary>
    public static LabelsFrom None { get; } = new("none");

    /// <summary>The first folder below the root is the class, at any depth; a picture outside such a folder is an error.</summary>
    public static LabelsFrom Folders { get; } = new("folders");

    /// <summary>A CSV file with the columns <c>file</c> (path below the data set's root, with '/') and <c>label</c>; other columns are
    /// passed over. The path is made whole, so that it still holds when a run goes on from another folder.</summary>
    public static LabelsFrom Csv(string path) => new("csv", Path.GetFullPath(path));

    /// <summary>Reads what a person writes: auto, none, folders, or the path of a CSV file.</summary>
    public static LabelsFrom Parse(string text) => text switch
    {
        "auto" => Auto,
        "none" => None,
        "folders" => Folders,
        _ => Csv(text),
    };

    /// <summary>The CSV file's path, where labels come from one.</summary>
    public string? CsvPath { get; }

    /// <summary>auto, none, folders or csv.</summary>
    private string Word { get; }

    /// <summary>What <see cref="Parse"/> reads back.</summary>
    public override string ToString() => CsvPath ?? Word;
}
