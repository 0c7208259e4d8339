namespace MocoSharp.Imaging.Datasets;

/// <summary>Pictures to train on and to test on. Where both are labeled, their classes are the same list.</summary>
/// <param name="Train">Pictures to train on.</param>
/// <param name="Test">Pictures to test on; null when the data set has none.</param>
public sealed record DataSplits(IImageSource Train, IImageSource? Test) : IDisposable
{
    /// <summary>More pictures to learn from, without labels, that the data set keeps apart; null when it has none.</summary>
    public IImageSource? Unlabeled { get; init; }

    /// <summary>Gives the test pictures the training pictures' labels, by the classes' names. Unlabeled pictures stay as they
    /// are.</summary>
    /// <exception cref="ImagingException">The test pictures have a class that the training pictures lack; both sources are disposed
    /// of.</exception>
    internal static DataSplits Matched(IImageSource train, IImageSource? test)
    {
        if (test is null || train.Classes.Count == 0 || test.Classes.Count == 0 || train.Classes.SequenceEqual(test.Classes))
            return new DataSplits(train, test);
        string[] strange = [.. test.Classes.Except(train.Classes)];
        if (strange.Length == 0)
            return new DataSplits(train, new RelabeledSource(test, train.Classes));

        using (new DataSplits(train, test))
            throw new ImagingException(
                ErrorIds.UnknownTestClass,
                $"the test pictures have classes that the training pictures lack: {string.Join(", ", strange.Take(5))}",
                test.Name(0),
                $"rename or remove them; training has {train.Classes.Count}, {train.Classes[0]} … {train.Classes[^1]}");
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
