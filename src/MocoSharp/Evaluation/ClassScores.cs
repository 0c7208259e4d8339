using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What came of one class's test pictures.</summary>
/// <param name="Name">The class.</param>
/// <param name="Pictures">Its test pictures.</param>
/// <param name="Accuracy">How many of them were recognized, in percent; null where there is none.</param>
/// <param name="Precision">How many of the pictures that were given its name are its own, in percent; null where none was.</param>
/// <param name="MistakenFor">The class that it was most often taken for; null where it never was.</param>
public sealed record ClassScore(string Name, int Pictures, double? Accuracy, double? Precision, string? MistakenFor);

/// <summary>Pictures of one class that were taken for another.</summary>
/// <param name="Class">What they are.</param>
/// <param name="TakenFor">What they were taken for.</param>
/// <param name="Pictures">How many.</param>
public sealed record Confusion(string Class, string TakenFor, int Pictures);

/// <summary>A confusion matrix as a document has it: all counts of few classes, the worst confusions of many.</summary>
public sealed class ClassScores
{
    private const int MostCounts = 200, MostConfusions = 1000;

    internal ClassScores(ConfusionMatrix matrix, int tests)
    {
        Matrix = matrix;
        int classes = matrix.Classes.Count;
        Classes = [.. matrix.Classes.Select((name, c) =>
            new ClassScore(name, matrix.CountOf(c) / tests, Percent(matrix.AccuracyOf(c)), Percent(matrix.PrecisionOf(c)),
            matrix.MistakenFor(c) is { } other ? matrix.Classes[other] : null))];
        if (classes <= MostCounts)
        {
            Counts = [.. Enumerable.Range(0, classes)
                .Select(truth => (IReadOnlyList<int>)[.. Enumerable.Range(0, classes).Select(taken => matrix[truth, taken])])];
            return;
        }
        Worst = [.. (from truth in Enumerable.Range(0, classes)
                     from taken in Enumerable.Range(0, classes)
                     where truth != taken && matrix[truth, taken] > 0
                     orderby matrix[truth, taken] descending, truth, taken
                     select new Confusion(matrix.Classes[truth], matrix.Classes[taken], matrix[truth, taken])).Take(MostConfusions)];
    }

    /// <summary>The matrix itself.</summary>
    [JsonIgnore]
    public ConfusionMatrix Matrix { get; }

    /// <summary>One entry a class, in label order.</summary>
    public IReadOnlyList<ClassScore> Classes { get; }

    /// <summary>How often each class, by row, was taken for each; null where there are more than 200 classes.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Counts { get; }

    /// <summary>The thousand most frequent confusions, where there are more than 200 classes.</summary>
    public IReadOnlyList<Confusion>? Worst { get; }

    private static double? Percent(double share) => double.IsNaN(share) ? null : Math.Round(100 * share, 2);
}
