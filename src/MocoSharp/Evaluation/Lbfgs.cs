using System.Numerics.Tensors;

namespace MocoSharp.Evaluation;

/// <summary>Finds the minimum of a smooth convex function from its values and gradients.</summary>
/// <remarks>
/// Limited-memory BFGS: Nocedal and Wright 2006, "Numerical Optimization", algorithm 7.4. The step length brackets the weak Wolfe
/// conditions and halves:
/// Lewis and Overton 2013, "Nonsmooth optimization via quasi-Newton methods", algorithm 2.6.
/// </remarks>
internal sealed class Lbfgs(Func<float[], float[], double> evaluate, double tolerance, int maximumIterations)
{
    private const int Memory = 10, MaximumTrials = 30;
    private const double Decrease = 1e-4, Curvature = 0.9, Rounding = 1e-7;
    private readonly Queue<(float[] Step, float[] Change, double Curvature)> _pairs = new();

    /// <summary>Moves a point to the minimum, in place.</summary>
    /// <returns>Iterations made, and whether the gradient fell below the tolerance times its length at the start (or fp32's resolution was
    /// reached).</returns>
    public (int Iterations, bool Converged) Minimize(float[] point)
    {
        int size = point.Length;
        float[] gradient = new float[size], direction = new float[size], next = new float[size], nextGradient = new float[size];
        double value = evaluate(point, gradient), scale = Math.Max(TensorPrimitives.Norm(gradient), 1e-6);
        for (int iteration = 0; iteration < maximumIterations; iteration++)
        {
            double length = TensorPrimitives.Norm(gradient);
            if (length <= tolerance * scale) return (iteration, true);
            Direction(gradient, direction);
            double slope = TensorPrimitives.Dot(gradient, direction);
            if (slope >= 0)
            {
                _pairs.Clear();         // rounding has spoilt the curvature: begin again with the gradient
                TensorPrimitives.Negate(gradient, direction);
                slope = -length * length;
            }
            double first = _pairs.Count == 0 ? Math.Min(1, 1 / length) : 1;
            if (Search(point, value, direction, slope, first, next, nextGradient) is not { } reached) return (iteration, true);
            Remember(point, next, gradient, nextGradient);
            value = reached;
            next.CopyTo(point, 0);
            nextGradient.CopyTo(gradient, 0);
        }
        return (maximumIterations, false);
    }

    // −H g by the two loops over the remembered pairs.
    private void Direction(float[] gradient, float[] direction)
    {
        TensorPrimitives.Negate(gradient, direction);
        (float[] Step, float[] Change, double Curvature)[] pairs = [.. _pairs];
        double[] alpha = new double[pairs.Length];
        for (int i = pairs.Length - 1; i >= 0; i--)
        {
            alpha[i] = TensorPrimitives.Dot(pairs[i].Step, direction) / pairs[i].Curvature;
            TensorPrimitives.MultiplyAdd(pairs[i].Change, (float)-alpha[i], direction, direction);
        }
        if (pairs is [.., var newest])
            TensorPrimitives.Multiply(direction, (float)(newest.Curvature / TensorPrimitives.SumOfSquares(newest.Change)), direction);
        for (int i = 0; i < pairs.Length; i++)
        {
            double beta = TensorPrimitives.Dot(pairs[i].Change, direction) / pairs[i].Curvature;
            TensorPrimitives.MultiplyAdd(pairs[i].Step, (float)(alpha[i] - beta), direction, direction);
        }
    }

    // The value at a step that falls far enough and flattens the slope; null where fp32 cannot tell values apart any more.
    private double? Search(float[] point, double value, float[] direction, double slope, double first, float[] next, float[] nextGradient)
    {
        double low = 0, high = double.PositiveInfinity, step = first;
        for (int trial = 0; trial < MaximumTrials; trial++)
        {
            TensorPrimitives.MultiplyAdd(direction, (float)step, point, next);
            double reached = evaluate(next, nextGradient);
            if (!(reached <= value + Decrease * step * slope + Rounding * Math.Abs(value))) high = step;
            else if (TensorPrimitives.Dot(nextGradient, direction) < Curvature * slope) low = step;
            else return reached;
            step = double.IsPositiveInfinity(high) ? 2 * step : (low + high) / 2;
        }
        return null;
    }

    private void Remember(float[] point, float[] next, float[] gradient, float[] nextGradient)
    {
        float[] step = new float[point.Length], change = new float[point.Length];
        TensorPrimitives.Subtract(next, point, step);
        TensorPrimitives.Subtract(nextGradient, gradient, change);
        double curvature = TensorPrimitives.Dot(step, change);
        if (!(curvature > 1e-12 * TensorPrimitives.SumOfSquares(change))) return;
        if (_pairs.Count == Memory) _pairs.Dequeue();
        _pairs.Enqueue((step, change, curvature));
    }
}
