using System.Numerics.Tensors;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>The loss of a linear classifier: mean cross-entropy in nats plus λ/2 of the squared weights. The intercepts are free.
/// Convex.</summary>
/// <param name="rows">[N, D].</param>
/// <param name="labels">[N], 0 … C − 1.</param>
/// <param name="dimensions">D.</param>
/// <param name="classes">C.</param>
/// <param name="decay">λ, above 0.</param>
/// <remarks>Parameters are one vector: weights [C, D], then intercepts [C].</remarks>
internal sealed class SoftmaxObjective(ReadOnlyMemory<float> rows, ReadOnlyMemory<int> labels, int dimensions, int classes, double decay)
{
    // A fixed number of parts, each summed in order: the same bits for any number of threads.
    private const int Parts = 16, RowsWorthAPart = 256;

    public int ParameterCount => classes * (dimensions + 1);

    /// <summary>The loss, and its gradient where one is asked for.</summary>
    /// <param name="parameters">[C × D + C].</param>
    /// <param name="gradient">As many; empty for none.</param>
    public double Evaluate(float[] parameters, float[]? gradient)
    {
        int count = labels.Length, parts = Math.Clamp(count / RowsWorthAPart, 1, Parts);
        double[] losses = new double[parts];
        float[][] gradients = new float[parts][];
        if (parts == 1) Part(0);
        else Parallel.For(0, parts, Part);

        ReadOnlySpan<float> weights = parameters.AsSpan(0, classes * dimensions);
        if (gradient is not null)
        {
            gradient.AsSpan().Clear();
            foreach (float[] part in gradients) TensorPrimitives.Add(gradient, part, gradient);
            TensorPrimitives.Divide(gradient, (float)count, gradient);
            Span<float> slopes = gradient.AsSpan(0, weights.Length);
            TensorPrimitives.MultiplyAdd(weights, (float)decay, slopes, slopes);
        }
        return losses.Sum() / count + 0.5 * decay * TensorPrimitives.SumOfSquares(weights);

        void Part(int part)
        {
            int first = (int)((long)count * part / parts), last = (int)((long)count * (part + 1) / parts);
            gradients[part] = gradient is null ? [] : new float[ParameterCount];
            losses[part] = Sum(parameters, gradients[part], first, last);
        }
    }

    // Four rows at a time: each weight that is read serves four products, and the rows stay in the nearest cache from the scores to the
    // slopes.
    private double Sum(float[] parameters, float[] gradient, int first, int last)
    {
        float[] scores = new float[RowBlock.Rows * classes];
        double loss = 0;
        for (int i = first; i < last; i += RowBlock.Rows)
        {
            int count = Math.Min(RowBlock.Rows, last - i);
            ReadOnlySpan<float> block = rows.Span.Slice(i * dimensions, count * dimensions);
            RowBlock.Scores(parameters, block, dimensions, classes, scores);
            for (int r = 0; r < count; r++)
            {
                Span<float> own = scores.AsSpan(r * classes, classes);
                int label = labels.Span[i + r];
                double logarithm = LogSumExp(own);
                loss += logarithm - own[label];
                // softmax − one-hot
                for (int c = 0; c < classes; c++) own[c] = (float)Math.Exp(own[c] - logarithm) - (c == label ? 1 : 0);
            }
            if (gradient.Length > 0) RowBlock.AddSlopes(scores, block, dimensions, classes, gradient);
        }
        return loss;
    }

    /// <summary>Wx + b, [C].</summary>
    public static void Scores(ReadOnlySpan<float> parameters, ReadOnlySpan<float> row, Span<float> scores)
    {
        int dimensions = row.Length, classes = scores.Length;
        for (int c = 0; c < classes; c++)
            scores[c] = TensorPrimitives.Dot(parameters.Slice(c * dimensions, dimensions), row) + parameters[classes * dimensions + c];
    }

    /// <summary>ln Σ exp(score), without overflow.</summary>
    public static double LogSumExp(ReadOnlySpan<float> scores)
    {
        float largest = TensorPrimitives.Max(scores);
        double sum = 0;
        foreach (float score in scores) sum += Math.Exp(score - largest);
        return largest + Math.Log(sum);
    }
}
