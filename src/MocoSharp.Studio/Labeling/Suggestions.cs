using System.Diagnostics;
using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Labeling;

/// <summary>What a linear classifier that learned from the labels given so far says of the other pictures.</summary>
/// <param name="Classes">Its classes.</param>
/// <param name="Places">Pictures without a label, in the order that was asked for.</param>
/// <param name="Labels">Each one's likeliest class, by its place among the classes.</param>
/// <param name="Probabilities">How likely that is.</param>
/// <param name="Learned">Labels that it learned from.</param>
/// <param name="Milliseconds">How long learning and naming took.</param>
internal sealed record Suggestions(
    IReadOnlyList<string> Classes, int[] Places, int[] Labels, float[] Probabilities, int Learned, double Milliseconds)
{
    private const int Most = 2000;
    private const long MostNumbers = 1L << 28;
    private const double Strength = 0.01;

    /// <summary>Learns and names.</summary>
    /// <param name="book">The labels.</param>
    /// <param name="request">Which suggestions.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MocoException">MS5003: fewer than two classes have labels. MS5002: there are none. MS5325: there are no
    /// embeddings, or too many.</exception>
    internal static Suggestions Of(LabelBook book, SuggestRequest request, CancellationToken cancel)
    {
        if (request.Count is < 1 or > Most)
            throw new MocoException(StudioErrorIds.BadRequest, $"{request.Count} suggestions cannot be asked for",
                fix: $"ask for 1 to {Most:N0}");
        long begun = Stopwatch.GetTimestamp();
        (FeatureSet features, int[] places) = Read(book);
        LogisticModel model = LogisticRegression.Fit(features,
            new LogisticOptions(Strengths: [Strength], Tolerance: 1e-3, MaximumIterations: 200), cancel);
        float[] probabilities = model.Probabilities(features);
        int classes = model.Classes.Count;
        (int Row, int Label, float Probability)[] open = [.. Enumerable.Range(0, places.Length).Where(row => features.Labels[row] < 0)
            .Select(row => Best(row, probabilities.AsSpan(row * classes, classes)))
            .Where(one => request.Class is null || model.Classes[one.Label] == request.Class)];
        Array.Sort(open, (a, b) => a.Probability == b.Probability ? a.Row.CompareTo(b.Row)
            : request.Unsure ? a.Probability.CompareTo(b.Probability) : b.Probability.CompareTo(a.Probability));
        open = open[..Math.Min(open.Length, request.Count)];
        return new Suggestions(model.Classes, [.. open.Select(one => places[one.Row])], [.. open.Select(static one => one.Label)],
            [.. open.Select(static one => one.Probability)], features.LabeledCount, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    private static (int Row, int Label, float Probability) Best(int row, ReadOnlySpan<float> probabilities)
    {
        int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities);
        return (row, best, probabilities[best]);
    }

    private static (FeatureSet Features, int[] Places) Read(LabelBook book)
    {
        Collection collection = book.Collection;
        EmbeddingsFile file = collection.RequireEmbeddings();
        int[] places = [.. Enumerable.Range(0, collection.Points.Count)
            .Where(place => collection.Rows[place] is >= 0 and int row && file.IsPresent(row))];
        if ((long)places.Length * file.Dimensions > MostNumbers)
            throw new MocoException(StudioErrorIds.NoMap, $"{places.Length:N0} embeddings are too many to suggest labels for",
                at: file.Path,
                fix: "label a part by lasso, and let 'moco eval linear --save-head' and 'moco classify' name the rest");
        IReadOnlyDictionary<int, string> given = book.All();
        string[] classes = [.. given.Values.Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = classes.Index().ToDictionary(static one => one.Item, static one => one.Index);
        float[] values = new float[places.Length * file.Dimensions];
        for (int i = 0; i < places.Length; i++) file.Read(collection.Rows[places[i]], values.AsSpan(i * file.Dimensions, file.Dimensions));
        return (new FeatureSet(values, file.Dimensions,
            [.. places.Select(place => given.TryGetValue(place, out string? label) ? numbers[label] : -1)], classes), places);
    }
}

/// <summary>Which suggestions are asked for.</summary>
/// <param name="Count">How many at most.</param>
/// <param name="Unsure">Whether the least likely come first: labeling these teaches most.</param>
/// <param name="Class">Those of one class alone; null for all.</param>
internal sealed record SuggestRequest(int Count = 60, bool Unsure = false, string? Class = null);
