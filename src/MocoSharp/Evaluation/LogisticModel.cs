using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>A linear classifier that was fitted; see <see cref="LogisticRegression"/>.</summary>
public sealed class LogisticModel : ILinearClassifier
{
    private const int BlockRows = 1024;
    private readonly Standardizer _standardizer;
    private readonly float[] _parameters;

    internal LogisticModel(Standardizer standardizer, float[] parameters, IReadOnlyList<string> classes, double strength, int iterations,
        bool hasConverged)
    {
        (_standardizer, _parameters, Classes) = (standardizer, parameters, classes);
        (Strength, Iterations, HasConverged) = (strength, iterations, hasConverged);
    }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>C, given or chosen.</summary>
    public double Strength { get; }

    /// <summary>The solver's iterations.</summary>
    public int Iterations { get; }

    /// <summary>Whether the solver reached its tolerance.</summary>
    public bool HasConverged { get; }

    /// <summary>Each row's probability of each class, [N, C].</summary>
    /// <param name="features">Rows of the dimensions that were learnt from.</param>
    public float[] Probabilities(FeatureSet features)
    {
        int classes = Classes.Count;
        float[] result = new float[(long)features.Count * classes];
        Parallel.For(0, (features.Count + BlockRows - 1) / BlockRows, block =>
        {
            float[] row = new float[features.Dimensions];
            for (int i = block * BlockRows; i < Math.Min((block + 1) * BlockRows, features.Count); i++)
            {
                Span<float> scores = result.AsSpan(i * classes, classes);
                _standardizer.Apply(features.Row(i), row);
                SoftmaxObjective.Scores(_parameters, row, scores);
                double logarithm = SoftmaxObjective.LogSumExp(scores);
                foreach (ref float score in scores) score = (float)Math.Exp(score - logarithm);
            }
        });
        return result;
    }

    /// <inheritdoc/>
    public LinearHead ToHead()
    {
        int classes = Classes.Count, dimensions = _parameters.Length / classes - 1;
        float[] weight = new float[classes * dimensions], bias = _parameters[(classes * dimensions)..];
        for (int c = 0; c < classes; c++)
            bias[c] += (float)_standardizer.Fold(_parameters.AsSpan(c * dimensions, dimensions), weight.AsSpan(c * dimensions, dimensions));
        return new LinearHead(weight, bias, Classes);
    }

    /// <summary>Names rows and compares with their labels.</summary>
    /// <exception cref="MocoException">MS5002: no row has a label.</exception>
    public ClassificationResult Evaluate(FeatureSet features) => ClassificationResult.Of(features, Probabilities(features),
        HasConverged ? null : $"the solver stopped after {Iterations} iterations, short of its tolerance");
}
