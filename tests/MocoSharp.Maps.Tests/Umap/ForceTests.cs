using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Tests;

public sealed class ForceTests
{
    private static readonly DistanceCurve s_curve = DistanceCurve.Fit(0.1, 1);

    [Theory, InlineData(1e-3f), InlineData(0.05f), InlineData(0.7f), InlineData(3f), InlineData(40f)]
    public void A_pull_is_the_gradient_of_the_attraction(float distance)
    {
        (double a, double b) = s_curve;
        double squared = (double)distance * distance;
        double expected = -2 * a * b * Math.Pow(squared, b - 1) / (1 + a * Math.Pow(squared, b)) * distance;
        Vector128<float> step = new Pull(s_curve).Step(Vector128.Create(1f, 0, 0, 0), Vector128.Create(1 - distance, 0, 0, 0));
        Assert.Equal(Math.Clamp(expected, -4, 4), step[0], Math.Abs(expected) * 1e-3);
        Assert.Equal(0, step[1]);
    }

    [Theory, InlineData(0.1, 1), InlineData(0.001, 0.02)]
    public void Two_pulls_at_once_are_two_pulls(double minDistance, double spread)
    {
        Pull pull = new(DistanceCurve.Fit(minDistance, spread));
        foreach (float distance in (float[])[0, 0.01f, 0.3f, 2, 30])
        {
            Vector128<float> other = Vector128.Create(1f, 2, 3, 0), own = other + distance * Vector128.Create(0.6f, 0, -0.8f, 0);
            Vector128<float> once = own + 0.7f * pull.Step(own, other), twice = once + 0.7f * pull.Step(once, other);
            Vector128<float> off = pull.Twice(own, other, 0.7f) - twice;
            Assert.InRange(Vector128.Sum(Vector128.Abs(off)), 0, 1e-4f * (1 + distance));
        }
    }

    [Theory, InlineData(1e-2f, 5), InlineData(0.7f, 3), InlineData(3f, 8), InlineData(40f, 1)]
    public void Pushes_are_the_gradient_of_the_repulsion_and_as_many_as_were_asked_for(float distance, int count)
    {
        (double a, double b) = s_curve;
        double squared = (double)distance * distance;
        double expected = 2 * b / ((0.001 + squared) * (1 + a * Math.Pow(squared, b))) * distance;
        Vector128<float>[] others = [.. Enumerable.Repeat(Vector128.Create(0, 1f, 2, 0), 50)];
        Rng rng = Rng.For(1, Rng.Use.Layout, 1);
        Vector128<float> own = Vector128.Create(0, 1f, 2 + distance, 0);
        Vector128<float> sum = new Push(s_curve, 1).From(own, others, count, 1, ref rng) - own;
        Assert.Equal(count * Math.Min(4, expected), sum[2], count * Math.Min(4, expected) * 1e-4 + distance * 1e-6);
        Assert.Equal((0, 0), (sum[0], sum[1]));
    }

    [Fact]
    public void A_point_does_not_push_itself()
    {
        Rng rng = Rng.For(1, Rng.Use.Layout, 1);
        Vector128<float> place = Vector128.Create(3f, 4, 0, 0);
        Assert.Equal(place, new Push(s_curve, 1).From(place, [place], 16, 1, ref rng));
    }

    [Fact]
    public void Powers_are_right_over_forty_octaves()
    {
        for (float x = 1e-6f; x < 1e6f; x *= 1.37f)
        {
            float power = SmallPower.Of(Vector256.Create(x), 0.895f)[3];
            Assert.Equal(1, power / Math.Pow(x, 0.895f), 1e-5);
        }
    }
}
