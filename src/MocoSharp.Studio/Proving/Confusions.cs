using MocoSharp.Embeddings;
using MocoSharp.Features;
using MocoSharp.Studio.Maps;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Proving;

/// <summary>Which pictures are taken for which class by the vote of their nearest neighbors among the map's embeddings.</summary>
/// <remarks>Tests keep counts and not single pictures; this is the kNN test again, on embeddings that are there. Test pictures ask and
/// training pictures vote; in a data set without test pictures each asks all others.</remarks>
internal sealed class Confusions
{
    private const int Neighbors = 20, MostClasses = 200, MostPictures = 2000;
    private const double Temperature = 0.1;

    private readonly int[] _places, _truths;
    private readonly ClassificationResult _result;
    private readonly bool _isTested;

    private Confusions(int[] places, int[] truths, ClassificationResult result, bool isTested) =>
        (_places, _truths, _result, _isTested) = (places, truths, result, isTested);

    /// <summary>Classifies.</summary>
    /// <exception cref="MocoException">MS5325: there are no embeddings, or no labels.</exception>
    internal static Confusions Of(Collection collection, CancellationToken cancel)
    {
        EmbeddingsFile file = collection.RequireEmbeddings();
        int[] labeled = [.. Enumerable.Range(0, collection.Points.Count).Where(place => collection.Points.Labels[place] is not null
            && collection.Rows[place] is >= 0 and int row && file.IsPresent(row))];
        string[] classes = [.. labeled.Select(place => collection.Points.Labels[place]!).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length is < 2 or > MostClasses)
            throw new MocoException(StudioErrorIds.NoMap, classes.Length < 2 ? "the pictures are not of two labeled classes or more"
                : $"{classes.Length:N0} classes are too many to be shown", fix: "look at the tables of tests");
        Dictionary<string, int> numbers = classes.Index().ToDictionary(static one => one.Item, static one => one.Index);
        ILookup<bool, int> parts = labeled.ToLookup(place => IsTest(collection.Points.Names[place]));
        bool isTested = parts[true].Any() && parts[false].Any();
        KnnClassifier knn = new(Math.Min(Neighbors, labeled.Length - 1), Temperature);
        int[] asking = isTested ? [.. parts[true]] : labeled;
        FeatureSet queries = Read(collection, file, asking, numbers, classes);
        ClassificationResult result = isTested
            ? knn.Evaluate(Read(collection, file, [.. parts[false]], numbers, classes), queries, cancel)
            : knn.EvaluateLeaveOneOut(queries, cancel);
        return new Confusions(asking, queries.Labels, result, isTested);
    }

    /// <summary>The matrix.</summary>
    internal ConfusionsAnswer Answer()
    {
        IReadOnlyList<string> classes = _result.Confusion.Classes;
        return new ConfusionsAnswer(classes, [.. classes.Select((_, truth) => classes.Select((_, taken) =>
            _result.Confusion[truth, taken]).ToArray())], Math.Round(100 * _result.Accuracy, 2), _isTested);
    }

    /// <summary>A cell's pictures.</summary>
    /// <exception cref="MocoException">MS5321: there is no such cell.</exception>
    internal int[] Pictures(int truth, int taken)
    {
        int classes = _result.Confusion.Classes.Count;
        if (truth < 0 || truth >= classes || taken < 0 || taken >= classes)
            throw new MocoException(StudioErrorIds.NotFound, "there is no such cell");
        return [.. Enumerable.Range(0, _places.Length).Where(i => _truths[i] == truth && _result.Predictions[i] == taken)
            .OrderByDescending(i => _result.Confidences[i]).Take(MostPictures).Select(i => _places[i])];
    }

    private static bool IsTest(string name) => MapColumns.PartOf(name) is "test" or "val" or "valid" or "validation";

    private static FeatureSet Read(
        Collection collection, EmbeddingsFile file, int[] places, Dictionary<string, int> numbers, string[] classes)
    {
        float[] values = new float[checked(places.Length * file.Dimensions)];
        for (int i = 0; i < places.Length; i++) file.Read(collection.Rows[places[i]], values.AsSpan(i * file.Dimensions, file.Dimensions));
        return new FeatureSet(values, file.Dimensions, [.. places.Select(place => numbers[collection.Points.Labels[place]!])], classes);
    }
}

/// <summary>The confusions of the collection that was looked at last.</summary>
internal sealed class ConfusionCache
{
    private readonly Lock _lock = new();
    private (WeakReference<Collection> Of, Confusions What)? _last;

    internal Confusions Of(Collection collection, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_last is { } last && last.Of.TryGetTarget(out Collection? known) && known == collection) return last.What;
            Confusions what = Confusions.Of(collection, cancel);
            _last = (new WeakReference<Collection>(collection), what);
            return what;
        }
    }
}

/// <summary>Which class was taken for which.</summary>
/// <param name="Classes">Their names.</param>
/// <param name="Counts">A row a class, a column what it was taken for.</param>
/// <param name="Accuracy">Top-1 in percent.</param>
/// <param name="IsTested">Whether test pictures asked; otherwise every picture asked all others.</param>
internal sealed record ConfusionsAnswer(IReadOnlyList<string> Classes, IReadOnlyList<int[]> Counts, double Accuracy, bool IsTested);
