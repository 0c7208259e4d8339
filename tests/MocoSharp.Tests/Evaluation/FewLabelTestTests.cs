#pragma warning disable xUnit1051   // milliseconds each: nothing to cancel
using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class FewLabelTestTests
{
    private static readonly FeatureSet s_train = Filled.Features("few", "train", 300, 16, 3, 1),
        s_test = Filled.Features("few", "test", 150, 16, 3, 1);
    private static readonly LogisticOptions s_quick = new([0.1]);

    [Fact]
    public void Each_draw_takes_as_many_labels_of_each_class_and_no_two_are_alike()
    {
        FewLabelResult result = new FewLabelTest(new FewLabelOptions(PerClass: 4, Draws: 5, Classifier: s_quick)).Evaluate(s_train, s_test);
        Assert.Equal(5, result.Draws.Select(draw => string.Join(',', draw.Rows)).Distinct().Count());
        Assert.All(result.Draws, draw => Assert.All(draw.Rows.GroupBy(row => s_train.Labels[row]), of => Assert.Equal(4, of.Count())));
        Assert.All(result.Draws, draw => Assert.Equal(12, draw.Rows.Distinct().Count()));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_others()
    {
        FewLabelResult Run(ulong seed) => new FewLabelTest(new FewLabelOptions(PerClass: 4, Draws: 3, Seed: seed))
            .Evaluate(s_train, s_test);
        Assert.Equal(Run(1).Draws.Select(d => (d.Accuracy, d.Strength)), Run(1).Draws.Select(d => (d.Accuracy, d.Strength)));
        Assert.NotEqual(Run(1).Draws[0].Rows, Run(2).Draws[0].Rows);
    }

    [Fact]
    public void A_larger_draw_holds_the_smaller_one()
    {
        IReadOnlyList<int> Rows(int perClass) => new FewLabelTest(new FewLabelOptions(perClass, Draws: 1, Classifier: s_quick))
            .Evaluate(s_train, s_test).Draws[0].Rows;
        Assert.Subset(Rows(20).ToHashSet(), Rows(5).ToHashSet());
    }

    [Fact]
    public void More_labels_recognize_more()
    {
        double Mean(int perClass) => new FewLabelTest(new FewLabelOptions(perClass, Draws: 5, Classifier: s_quick))
            .Evaluate(s_train, s_test).Mean;
        Assert.True(Mean(50) > Mean(2) + 0.02);
    }

    [Fact]
    public void A_share_takes_that_part_of_each_class_and_one_at_least()
    {
        FewLabelResult result = new FewLabelTest(new FewLabelOptions(Share: 0.05, Draws: 1, Classifier: s_quick)).Evaluate(s_train, s_test);
        Assert.Equal(15, result.Labels);
        Assert.Equal(3, new FewLabelTest(new FewLabelOptions(Share: 0.001, Draws: 1, Classifier: s_quick))
            .Evaluate(s_train, s_test).Labels);
    }

    [Fact]
    public void Mean_and_deviation_are_those_of_the_draws()
    {
        FewLabelResult result = new([new(0.5, 1, [0]), new(0.7, 1, [1])]);
        Assert.Equal(0.6, result.Mean, precision: 12);
        Assert.Equal(Math.Sqrt(0.02), result.StandardDeviation, precision: 12);
        Assert.Equal(0, new FewLabelResult([new(0.5, 1, [0])]).StandardDeviation);
    }

    [Fact]
    public void What_cannot_be_drawn_is_said()
    {
        FewLabelTest test = new(new FewLabelOptions(PerClass: 101));
        Assert.Equal("the class 'class 0' has 100 labeled pictures, and 101 a class are asked for",
            Assert.Throws<MocoException>(() => test.Evaluate(s_train, s_test)).Message);
        Assert.Equal("ask for 100 or fewer, or label more", Assert.Throws<MocoException>(() => test.Evaluate(s_train, s_test)).Fix);
        Assert.Equal("none of the 300 pictures to learn from is labeled",
            Assert.Throws<MocoException>(() => test.Evaluate(s_train.Unlabeled(), s_test)).Message);
        FeatureSet without = s_train with { Labels = [.. s_train.Labels.Select(label => label == 1 ? -1 : label)] };
        Assert.Equal("the class 'class 1' has 50 pictures to test on and none to learn from",
            Assert.Throws<MocoException>(() => test.Evaluate(without, s_test)).Message);
        Assert.Throws<OptionException>(() => new FewLabelTest(new FewLabelOptions()));
        Assert.Throws<OptionException>(() => new FewLabelTest(new FewLabelOptions(PerClass: 1, Share: 0.1)));
    }
}
