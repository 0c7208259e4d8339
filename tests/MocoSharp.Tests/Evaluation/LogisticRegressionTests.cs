#pragma warning disable xUnit1051   // milliseconds each: nothing to cancel
using System.Text.Json;
using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class LogisticRegressionTests
{
    private static readonly FeatureSet s_train = Filled.Features("logistic", "train", 60, 8, 3, 0.5f),
        s_test = Filled.Features("logistic", "test", 10, 8, 3, 0.5f);

    [Fact]
    public void Probabilities_match_scikit_learn_at_every_strength()
    {
        foreach (JsonElement fit in Golden.Open("logistic").GetProperty("fits").EnumerateArray())
        {
            LogisticModel model = LogisticRegression.Fit(s_train,
                new LogisticOptions([fit.GetProperty("c").GetDouble()], Standardize: false));
            Assert.True(model.HasConverged);
            float[] expected = [.. fit.GetProperty("testProbabilities").EnumerateArray()
                .SelectMany(row => row.EnumerateArray().Select(v => v.GetSingle()))];
            Assert.Equal(expected, model.Probabilities(s_test), (a, b) => Math.Abs(a - b) < 1e-3);
            Assert.Equal(fit.GetProperty("testAccuracy").GetDouble(), model.Evaluate(s_test).Accuracy, precision: 9);
            Assert.Equal(fit.GetProperty("trainAccuracy").GetDouble(), model.Evaluate(s_train).Accuracy, precision: 9);
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1000)]      // several parts
    public void The_gradient_is_that_of_finite_differences(int rows)
    {
        FeatureSet features = Filled.Features("logistic", "gradient", rows, 5, 4, 0.5f);
        SoftmaxObjective objective = new(features.Values, features.Labels, 5, 4, decay: 0.3);
        float[] point = Filled.Inputs("logistic.point", objective.ParameterCount), gradient = new float[point.Length],
            ignored = new float[point.Length];
        objective.Evaluate(point, gradient);
        for (int i = 0; i < point.Length; i++)
        {
            float[] above = [.. point], below = [.. point];
            above[i] += 1 / 64f;
            below[i] -= 1 / 64f;
            double slope = (objective.Evaluate(above, gradient: null) - objective.Evaluate(below, ignored)) * 32;
            Assert.Equal(slope, gradient[i], tolerance: 2e-4);
        }
    }

    [Fact]
    public void The_minimum_of_a_quadratic_of_any_stretch_is_found()
    {
        // f = Σ s (x − 1)² / 2 with s from 1 to 1000
        float[] point = new float[20];
        (_, bool converged) = new Lbfgs((x, gradient) =>
        {
            double value = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double stretch = Math.Pow(1000, i / 19.0);
                gradient[i] = (float)(stretch * (x[i] - 1));
                value += 0.5 * stretch * (x[i] - 1) * (x[i] - 1);
            }
            return value;
        }, tolerance: 1e-6, maximumIterations: 500).Minimize(point);
        Assert.True(converged);
        Assert.All(point, x => Assert.Equal(1, x, tolerance: 1e-3));
    }

    [Fact]
    public void The_strength_is_chosen_for_rows_that_were_held_out()
    {
        // Labels that features say nothing about: the strongest bound on the weights is best. Labels that they tell well: a weak one.
        FeatureSet noise = Filled.Features("logistic", "noise", 90, 20, 3, 0), signal = Filled.Features("logistic", "signal", 90, 20, 3, 2);
        Assert.True(LogisticRegression.Fit(noise).Strength <= 1e-3);
        Assert.True(LogisticRegression.Fit(signal).Strength >= 1e-1);
    }

    [Fact]
    public void Scale_and_offset_of_features_do_not_matter()
    {
        FeatureSet moved = Move(s_train), movedTest = Move(s_test);
        LogisticOptions options = new([0.1]);
        Assert.Equal(LogisticRegression.Fit(s_train, options).Probabilities(s_test),
            LogisticRegression.Fit(moved, options).Probabilities(movedTest), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void A_constant_feature_changes_nothing()
    {
        LogisticOptions options = new([0.1]);
        Assert.Equal(LogisticRegression.Fit(s_train, options).Probabilities(s_test),
            LogisticRegression.Fit(Widen(s_train), options).Probabilities(Widen(s_test)), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void What_cannot_be_fitted_is_said()
    {
        Assert.Equal("none of the 60 pictures to learn from is labeled",
            Assert.Throws<MocoException>(() => LogisticRegression.Fit(s_train.Unlabeled())).Message);
        Assert.Equal("all labeled pictures to learn from are of the class 'class 2'",
            Assert.Throws<MocoException>(() =>
            LogisticRegression.Fit(s_train with { Labels = [.. s_train.Labels.Select(_ => 2)] })).Message);
        Assert.Equal("every class has one label only, so none can be held out to choose the strength by",
            Assert.Throws<MocoException>(() =>
            LogisticRegression.Fit(s_train with { Labels = [.. s_train.Labels.Select((label, i) => i < 3 ? label : -1)] })).Message);
        Assert.Equal("strengths is [0], and it takes numbers above 0",
            Assert.Throws<OptionException>(() => LogisticRegression.Fit(s_train, new LogisticOptions([0]))).Message);
    }

    private static FeatureSet Move(FeatureSet features) => features with
    {
        Values = [.. features.Values.Select((v, i) => v * (1 + i % features.Dimensions) + 10)],
    };

    private static FeatureSet Widen(FeatureSet features) => new(
        [.. Enumerable.Range(0, features.Count).SelectMany(i => features.Row(i).ToArray().Append(0.1f))], features.Dimensions + 1,
        features.Labels, features.Classes);
}
