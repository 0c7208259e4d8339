using System.Text.Json;
using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class SgdClassifiersTests : TensorTest
{
    [Fact]
    public void Updates_are_those_of_torch_and_rates_do_not_touch_each_other()
    {
        JsonElement golden = Golden.Open("linear_sgd");
        (int classes, int batch, int dim) = (golden.Whole("classes"), golden.Whole("batch"), golden.Whole("dim"));
        JsonElement[] runs = [.. golden.GetProperty("runs").EnumerateArray()];
        using SgdClassifiers classifiers = new(Fill.Inputs("linear-sgd.start", classes, dim) * 0.01,
            [.. runs.Select(static run => run.Number("rate"))], momentum: 0.9);
        float[] factors = golden.GetProperty("factors").Floats();
        for (int step = 0; step < factors.Length; step++)
            classifiers.Step(Fill.Inputs($"linear-sgd.rows{step}", batch, dim), [.. Enumerable.Range(0, batch).Select(i => i % classes)],
                factors[step]);
        for (int i = 0; i < runs.Length; i++)
        {
            LinearHead head = classifiers.Head(i, Filled.Names(classes))!;
            Tolerance.Close(runs[i].GetProperty("weight").GetProperty("values").Floats(), head.Weight, 1e-5);
            Tolerance.Close(runs[i].GetProperty("bias").GetProperty("values").Floats(), head.Bias, 1e-5);
        }
    }

    [Fact]
    public void A_rate_that_leads_to_no_number_gives_no_classifier()
    {
        using SgdClassifiers classifiers = new(Tensor.Ones([2, 1]), [1e38, 0.1], momentum: 0.9);
        for (int i = 0; i < 4; i++) classifiers.Step(Tensor.Full([1, 1], 1e20), [0], 1);
        Assert.Null(classifiers.Head(0, ["a", "b"]));
    }

    [Fact]
    public void The_rate_falls_to_a_tenth_at_three_and_at_four_fifths()
    {
        SgdOptions options = new();
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], new[] { 0, 59, 60, 79, 80 }.Select(epoch => Math.Round(options.Factor(epoch), 6)));
    }

    [Fact]
    public void The_best_epoch_is_what_a_training_that_ends_there_gives()
    {
        FeatureSet train = Filled.Features("sgd", "train", 120, 8, 3, 2), test = Filled.Features("sgd", "test", 60, 8, 3, 2);
        // without milestones a shorter training is the beginning of a longer one
        SgdDraw Run(int epochs) => new SgdProbe(new SgdOptions([0.3], epochs, BatchSize: 16, Milestones: []),
            new FewLabelOptions(PerClass: 10)).Evaluate(train, (_, rows) => train.Take(rows), test,
            TestContext.Current.CancellationToken)[0];
        SgdDraw whole = Run(12);
        BestEpoch best = whole.Draw.Best!;
        Assert.InRange(best.Epoch, 1, 12);
        double[] each = [.. Enumerable.Range(1, 12).Select(epochs => HeldOutShare(Run(epochs)))];
        Assert.Equal(Array.IndexOf(each, each.Max()) + 1, best.Epoch);
        Assert.Equal(Run(best.Epoch).Draw.Accuracy, best.Accuracy);

        static double HeldOutShare(SgdDraw draw) => draw.HeldOut!.Right.Average(static right => right ? 1.0 : 0);
    }

    [Fact]
    public void Without_labels_to_hold_out_there_is_no_best_epoch()
    {
        FeatureSet train = Filled.Features("sgd", "train", 60, 8, 3, 2);
        SgdDraw draw = new SgdProbe(new SgdOptions([0.3], Epochs: 2), new FewLabelOptions(PerClass: 1))
            .Evaluate(train, (_, rows) => train.Take(rows), train, TestContext.Current.CancellationToken)[0];
        Assert.Null(draw.Draw.Best);
    }

    [Fact]
    public void The_whole_test_learns_and_says_the_same_twice()
    {
        FeatureSet train = Filled.Features("sgd", "train", 120, 8, 3, 2), test = Filled.Features("sgd", "test", 60, 8, 3, 2);
        SgdDraw[] Run() => [.. new SgdProbe(new SgdOptions([0.1, 1], Epochs: 10, BatchSize: 16),
            new FewLabelOptions(PerClass: 10, Draws: 2))
            .Evaluate(train, (_, rows) => train.Take(rows), test, TestContext.Current.CancellationToken)];
        SgdDraw[] first = Run(), second = Run();
        Assert.True(first.Average(static draw => draw.Draw.Accuracy) > 0.7);
        Assert.Equal(first.Select(static draw => draw.Draw.Accuracy), second.Select(static draw => draw.Draw.Accuracy));
        Assert.Equal(6, first[0].HeldOut!.Right.Length);        // a fifth of 30
    }
}
