using System.Numerics.Tensors;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>Features to probabilities of classes: softmax(Wx + b).</summary>
/// <param name="Weight">[C, D], row by row.</param>
/// <param name="Bias">[C].</param>
/// <param name="Classes">The classes' names, C of them.</param>
public sealed record LinearHead(float[] Weight, float[] Bias, IReadOnlyList<string> Classes) : ILinearClassifier
{
    /// <summary>D.</summary>
    public int Dimensions => Weight.Length / Bias.Length;

    /// <inheritdoc/>
    public LinearHead ToHead() => this;

    /// <summary>Probabilities of one row.</summary>
    /// <param name="row">[D].</param>
    /// <param name="probabilities">[C].</param>
    public void Apply(ReadOnlySpan<float> row, Span<float> probabilities)
    {
        for (int c = 0; c < Bias.Length; c++)
            probabilities[c] = TensorPrimitives.Dot(Weight.AsSpan(c * row.Length, row.Length), row) + Bias[c];
        double logarithm = SoftmaxObjective.LogSumExp(probabilities);
        foreach (ref float score in probabilities) score = (float)Math.Exp(score - logarithm);
    }

    /// <summary>Names rows and compares with their labels.</summary>
    /// <exception cref="MocoException">MS5002: no row has a label.</exception>
    public ClassificationResult Evaluate(FeatureSet features)
    {
        float[] probabilities = new float[(long)features.Count * Bias.Length];
        Parallel.For(0, features.Count, i => Apply(features.Row(i), probabilities.AsSpan(i * Bias.Length, Bias.Length)));
        return ClassificationResult.Of(features, probabilities);
    }
}
