using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests.Optim;

/// <summary>The one-pass updates against their formulas in double precision, at lengths around those of vectors and of threads'
/// shares.</summary>
public sealed class OptimizerLengthTests : TensorTest
{
    private const double Rate = 0.1, Decay = 0.01, Momentum = 0.9;
    private const int Steps = 3;

    public static TheoryData<int> Lengths => [1, 15, 16, 17, 1000, 65_537, 300_001];

    [Theory, MemberData(nameof(Lengths))]
    public void Sgd_of_any_length_is_its_formula(int length)
    {
        Tensor weights = Weights(length);
        double[] expected = Doubles(weights), velocity = new double[length];
        using Sgd sgd = new([new("all", [("w", weights)], Decay)], Momentum);
        for (int step = 0; step < Steps; step++)
        {
            float[] gradient = Apply(weights, sgd, step);
            for (int i = 0; i < length; i++)
            {
                velocity[i] = Momentum * velocity[i] + gradient[i] + Decay * expected[i];
                expected[i] -= Rate * velocity[i];
            }
        }
        Near(expected, weights);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Adam_of_any_length_is_its_formula(int length)
    {
        Tensor weights = Weights(length);
        double[] expected = Doubles(weights), mean = new double[length], square = new double[length];
        using Adam adam = new([new("all", [("w", weights)], Decay)]);
        for (int step = 0; step < Steps; step++)
        {
            float[] gradient = Apply(weights, adam, step);
            for (int i = 0; i < length; i++)
            {
                double slope = gradient[i] + Decay * expected[i];
                mean[i] = 0.9 * mean[i] + 0.1 * slope;
                square[i] = 0.999 * square[i] + 0.001 * slope * slope;
                expected[i] -= Rate * mean[i] / (1 - Math.Pow(0.9, step + 1)) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, step + 1)))
                    + 1e-8);
            }
        }
        Near(expected, weights);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void A_follower_of_any_length_moves_by_its_share(int length)
    {
        Tensor follower = Fill.Inputs("follower", length), leader = Fill.Inputs("leader", length);
        double[] expected = [.. Doubles(follower).Zip(Doubles(leader), static (f, l) => 0.99 * f + 0.01 * l)];
        Kernels.MoveTowards(follower, leader, 0.99);
        Near(expected, follower);
    }

    private static Tensor Weights(int length)
    {
        Tensor weights = Fill.Inputs("weights", length);
        weights.RequiresGrad = true;
        return weights;
    }

    /// <summary>Gives the weights a gradient of this step's and updates them.</summary>
    private static float[] Apply(Tensor weights, Optimizer optimizer, int step)
    {
        Tensor gradient = Fill.Inputs($"gradient {step}", weights.Shape);
        (weights * gradient).Sum().Backward();
        optimizer.Update(Rate);
        return gradient.ToArray<float>();
    }

    private static double[] Doubles(Tensor values) => [.. values.Detach().ToArray<float>().Select(static value => (double)value)];

    private static void Near(double[] expected, Tensor actual) =>
        Tolerance.Close([.. expected.Select(static value => (float)value)], actual, 1e-5);
}
