using System.Numerics.Tensors;

namespace MocoSharp.Features;

/// <summary>What a classifier made of some rows.</summary>
/// <param name="Predictions">[N]: classes.</param>
/// <param name="Confidences">[N]: the predicted class's share of the votes or its probability, 0 to 1.</param>
/// <param name="Confusion">Predictions against labels, over the rows that have one.</param>
/// <param name="Note">What was done otherwise than asked, for people; null where nothing was.</param>
public sealed record ClassificationResult(int[] Predictions, float[] Confidences, ConfusionMatrix Confusion, string? Note = null)
{
    /// <summary>Share of labeled rows that are recognized, 0 to 1.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>The same for each class; NaN where a class has no rows.</summary>
    public IReadOnlyList<double> ClassAccuracies => [.. Enumerable.Range(0, Confusion.Classes.Count).Select(Confusion.AccuracyOf)];

    /// <exception cref="MocoException">MS5002: no row has a label.</exception>
    internal static ClassificationResult Of(FeatureSet queries, int[] predictions, float[] confidences, string? note = null) =>
        queries.LabeledCount > 0 ? new(predictions, confidences, new ConfusionMatrix(queries.Classes, queries.Labels, predictions), note)
            : throw new MocoException(ErrorIds.NoLabels, $"none of the {queries.Count} pictures to test on is labeled",
                fix: "test on pictures in class folders, or give a list of labels");

    /// <summary>Takes each row's likeliest class.</summary>
    /// <param name="queries">The rows.</param>
    /// <param name="probabilities">[N, C].</param>
    /// <param name="note">For people.</param>
    internal static ClassificationResult Of(FeatureSet queries, ReadOnlySpan<float> probabilities, string? note = null)
    {
        int classes = queries.Classes.Count;
        int[] predictions = new int[queries.Count];
        float[] confidences = new float[queries.Count];
        for (int i = 0; i < predictions.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(i * classes, classes);
            predictions[i] = TensorPrimitives.IndexOfMax(row);
            confidences[i] = row[predictions[i]];
        }
        return Of(queries, predictions, confidences, note);
    }
}
