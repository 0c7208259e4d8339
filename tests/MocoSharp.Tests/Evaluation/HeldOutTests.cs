using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Evaluation;

public sealed class HeldOutTests
{
    private static readonly HeldOut s_five = new([0.9f, 0.5f, 0.8f, 0.8f, 0.6f], [true, false, true, false, true]);

    [Fact]
    public void The_curve_keeps_equal_confidences_together_and_ends_with_all()
    {
        Assert.Equal([(0.9, 0.2, 1), (0.8, 0.6, 2 / 3.0), (0.6, 0.8, 0.75), (0.5, 1, 0.6)],
            s_five.Curve().Select(static point => (Math.Round(point.Threshold, 6), point.Coverage, point.Precision)));
    }

    [Theory]
    [InlineData(0.6, 0.5)]
    [InlineData(0.7, 0.6)]
    [InlineData(0.75, 0.6)]
    [InlineData(0.76, 0.9)]
    [InlineData(1, 0.9)]
    public void The_threshold_is_the_lowest_that_reaches_the_precision(double precision, double threshold) =>
        Assert.Equal(threshold, s_five.At(precision).Threshold, tolerance: 1e-6);

    [Fact]
    public void At_any_reachable_precision_the_threshold_keeps_its_word_and_no_lower_one_does()
    {
        Rng rng = Rng.For(3);
        float[] confidences = [.. Enumerable.Range(0, 500).Select(_ => MathF.Round(rng.NextSingle(), 2))];
        bool[] right = [.. confidences.Select(confidence => rng.NextSingle() < confidence)];
        foreach (double wanted in new[] { 0.5, 0.7, 0.9, 0.95 })
        {
            CalibrationPoint found = new HeldOut(confidences, right).At(wanted);
            double Precision(double threshold) => confidences.Zip(right).Where(item => item.First >= threshold)
                .Average(static item => item.Second ? 1.0 : 0);
            Assert.True(Precision(found.Threshold) >= wanted);
            Assert.All(confidences.Where(confidence => confidence < found.Threshold), lower => Assert.True(Precision(lower) < wanted));
            Assert.Equal(confidences.Count(confidence => confidence >= found.Threshold) / 500.0, found.Coverage);
        }
    }

    [Fact]
    public void What_no_threshold_reaches_is_an_error_with_the_best_that_can_be_had()
    {
        MocoException error = Assert.Throws<MocoException>(() => new HeldOut([0.9f, 0.5f], [false, true]).At(0.8));
        Assert.Equal((ErrorIds.PrecisionNotReached, "no threshold makes 0.8 of the 2 held-out labels right; the best reaches 0.5"),
            (error.Id, error.Message));
    }

    [Fact]
    public void Every_label_is_named_once_by_a_classifier_that_has_not_seen_it()
    {
        FeatureSet train = Filled.Features("fold", "train", 60, 6, 3, 3);
        HeldOut heldOut = LogisticRegression.OutOfFold(train, [.. Enumerable.Range(0, 60)], Standardizer.Of(train), 0.1,
            new LogisticOptions(), TestContext.Current.CancellationToken)!;
        Assert.Equal(60, heldOut.Right.Length);
        Assert.True(heldOut.Right.Count(static right => right) > 45);
        Assert.Null(LogisticRegression.OutOfFold(train, [0, 1, 2], Standardizer.Of(train), 0.1, new LogisticOptions(),
            TestContext.Current.CancellationToken));
    }
}
