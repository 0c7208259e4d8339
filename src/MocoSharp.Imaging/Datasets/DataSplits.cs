namespace MocoSharp.Imaging.Datasets;

/// <summary>Pictures to train on and to test on. Where both are labeled, their classes are the same list.</summary>
/// <param name="Train">Pictures to train on.</param>
/// <param name="Test">Pictures to test on; null when the data set has none.</param>
public sealed record DataSplits(IImageSource Train, IImageSource? Test) : IDisposable
{
    /// <summary>More pictures to learn from, without labels, that the data set keeps apart; null when it has none.</summary>
    public IImageSource? Unlabeled { get; init; }

    /// <summary>What stands before the training pictures' names in the names of the whole data set, such as <c>train/</c>; empty where the
    /// names need nothing.</summary>
    public string TrainFolder { get; init; } = "";

    /// <summary>The same for the test pictures, such as <c>val/</c>.</summary>
    public string TestFolder { get; init; } = "";

    /// <summary>All pictures as one source: those to train on, those to test on, those that are kept apart, each with its label and its
    /// name below the data set. It lives as long as the parts do.</summary>
    public IImageSource Whole() => new WholeSource(this);

    /// <summary>What people should know of the parts, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Gives the test pictures the training pictures' labels, by the classes' names. Unlabeled pictures stay as they
    /// are, and those of a class that the training pictures lack have no label: no test can know it.</summary>
    internal static DataSplits Matched(IImageSource train, IImageSource? test)
    {
        if (test is null || train.Classes.Count == 0 || test.Classes.Count == 0 || train.Classes.SequenceEqual(test.Classes))
            return new DataSplits(train, test);
        string[] strange = [.. test.Classes.Except(train.Classes)];
        if (strange.Length == 0)
            return new DataSplits(train, new RelabeledSource(test, train.Classes));

        HashSet<int> labels = [.. strange.Select(name => test.Classes.Index().First(item => item.Item == name).Index)];
        int[] pictures = [.. Enumerable.Range(0, test.Count).Where(index => labels.Contains(test.Label(index)))];
        return new DataSplits(train, new RelabeledSource(test, train.Classes))
        {
            Notes = [$"{(pictures.Length == 1 ? "1 test picture is" : $"{pictures.Length:N0} test pictures are")} left out of tests, "
                + $"since no training picture is of that class "
                + $"({string.Join(", ", strange.Take(5))}{(strange.Length > 5 ? ", …" : "")}): {test.Name(pictures[0])} is the first"],
        };
    }

    /// <summary>The training pictures alone.</summary>
    internal IImageSource KeepTrain()
    {
        Test?.Dispose();
        Unlabeled?.Dispose();
        return Train;
    }

    /// <summary>Disposes of both sources.</summary>
    public void Dispose()
    {
        Train.Dispose();
        Test?.Dispose();
        Unlabeled?.Dispose();
    }
}
