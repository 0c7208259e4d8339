#pragma warning disable xUnit1051   // milliseconds each: nothing to cancel
using System.Text.Json;
using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

public sealed class KnnClassifierTests : TensorTest
{
    private static readonly FeatureSet s_bank = Filled.Features("knn", "train", 64, 16, 5, 1),
        s_queries = Filled.Features("knn", "test", 10, 16, 5, 1);

    [Fact]
    public void Votes_match_the_reference_implementation()
    {
        JsonElement golden = Golden.Open("knn");
        Assert.Equal(golden.GetProperty("trainFirst").Floats(), s_bank.Row(0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        foreach (JsonElement run in golden.GetProperty("runs").EnumerateArray())
        {
            ClassificationResult result = new KnnClassifier(run.GetProperty("neighbors").GetInt32(),
                run.GetProperty("temperature").GetDouble()).Evaluate(s_bank, s_queries);
            Assert.Equal(run.GetProperty("predicted").EnumerateArray().Select(v => v.GetInt32()), result.Predictions);
            Assert.Equal(run.GetProperty("accuracy").GetDouble(), result.Accuracy, precision: 9);
            int row = 0;
            foreach (double[] votes in run.GetProperty("scores").EnumerateArray()
                .Select(scores => scores.EnumerateArray().Select(v => v.GetDouble()).ToArray()))
                Assert.Equal(votes.Max() / votes.Sum(), result.Confidences[row++], tolerance: 1e-4);
            Assert.Null(result.Note);
        }
    }

    [Fact]
    public void Blocks_do_not_change_what_a_plain_search_finds()
    {
        // More rows than one block of either side; many equal cosines, since rows repeat.
        FeatureSet bank = Repeat(Filled.Features("knn", "bank", 3001, 4, 7, 0.5f), 9001),
            queries = Filled.Features("knn", "asked", 601, 4, 7, 0.5f);
        ClassificationResult result = new KnnClassifier(20, 0.1).Evaluate(bank, queries);
        double[][] units = [.. Enumerable.Range(0, bank.Count).Select(row => Unit(bank, row))];
        int[] asked = [.. Enumerable.Range(0, queries.Count).Where(i => i % 10 == 0)];
        int agree = asked.Count(i => Plain(units, bank.Labels, Unit(queries, i), 20, 0.1) == result.Predictions[i]);
        Assert.InRange(agree, asked.Length - 1, asked.Length);        // rounding may settle a near tie the other way
    }

    [Fact]
    public void A_row_does_not_vote_on_itself_when_a_set_is_tested_against_itself()
    {
        // Each row's nearest is itself and its next is of the other class: an honest test gets none right.
        FeatureSet pairs = new([1, 0, 1, 0.01f, 0, 1, 0.01f, 1], 2, [0, 1, 0, 1], ["a", "b"]);
        Assert.Equal(1, new KnnClassifier(1).Evaluate(pairs, pairs).Accuracy);
        Assert.Equal(0, new KnnClassifier(1).EvaluateLeaveOneOut(pairs).Accuracy);
    }

    [Fact]
    public void Leaving_one_out_holds_for_rows_that_are_equal_too()
    {
        FeatureSet same = new([1, 0, 1, 0, 1, 0], 2, [0, 0, 1], ["a", "b"]);
        Assert.Equal([0, 0, 0], new KnnClassifier(2).EvaluateLeaveOneOut(same).Predictions);
    }

    [Fact]
    public void Rows_without_a_label_neither_vote_nor_count()
    {
        FeatureSet bank = new([1, 0, 0.9f, 0.1f, 0, 1], 2, [-1, 1, 0], ["a", "b"]);
        FeatureSet queries = new([1, 0, 0, 1, 0, 1], 2, [1, -1, 1], ["a", "b"]);
        ClassificationResult result = new KnnClassifier(1).Evaluate(bank, queries);
        Assert.Equal([1, 0, 0], result.Predictions);
        Assert.Equal((0.5, 2), (result.Accuracy, result.Confusion.Total));
    }

    [Fact]
    public void A_k_larger_than_the_bank_is_clamped_and_noted() =>
        Assert.Equal("k is 200, and 64 labeled rows can vote: all of them did", new KnnClassifier(200).Evaluate(s_bank, s_queries).Note);

    [Fact]
    public void A_tiny_temperature_does_not_overflow() =>
        Assert.Equal(new KnnClassifier(1).Evaluate(s_bank, s_queries).Predictions,
            new KnnClassifier(10, 1e-5).Evaluate(s_bank, s_queries).Predictions);

    [Fact]
    public void What_cannot_be_tested_is_said()
    {
        KnnClassifier knn = new(5);
        Assert.Equal("none of the 10 pictures to test on is labeled",
            Assert.Throws<MocoException>(() => knn.Evaluate(s_bank, s_queries.Unlabeled())).Message);
        Assert.Equal("0 of the 64 pictures that should vote are labeled",
            Assert.Throws<MocoException>(() => knn.Evaluate(s_bank.Unlabeled(), s_queries)).Message);
        Assert.Equal("the features have 16 dimensions to learn from and 8 to test on",
            Assert.Throws<MocoException>(() => knn.Evaluate(s_bank, Filled.Features("knn", "test", 10, 8, 5, 1))).Message);
        Assert.Equal("temperature is 0, and it takes a number above 0",
            Assert.Throws<OptionException>(() => new KnnClassifier(5, 0)).Message);
        Assert.Equal("feature 1 of row 0 is NaN",
            Assert.Throws<MocoException>(() => new FeatureSet([0, float.NaN], 2, [0], ["a"])).Message);
    }

    private static FeatureSet Repeat(FeatureSet features, int count) => new(
        [.. Enumerable.Range(0, count).SelectMany(i => features.Row(i % features.Count).ToArray())], features.Dimensions,
        [.. Enumerable.Range(0, count).Select(i => features.Labels[i % features.Count])], features.Classes);

    private static int Plain(double[][] bank, int[] labels, double[] query, int k, double temperature)
    {
        (double Cosine, int Row)[] all = new (double, int)[bank.Length];
        for (int row = 0; row < bank.Length; row++)
            for (int d = 0; d < query.Length; d++) all[row] = (all[row].Cosine + bank[row][d] * query[d], row);
        Array.Sort(all, (a, b) => a.Cosine != b.Cosine ? b.Cosine.CompareTo(a.Cosine) : a.Row.CompareTo(b.Row));
        double[] votes = new double[labels.Max() + 1];
        foreach ((double cosine, int row) in all.Take(k)) votes[labels[row]] += Math.Exp(cosine / temperature);
        return Array.IndexOf(votes, votes.Max());
    }

    private static double[] Unit(FeatureSet features, int row)
    {
        double[] values = [.. features.Row(row).ToArray().Select(v => (double)v)];
        double norm = Math.Sqrt(values.Sum(v => v * v));
        return [.. values.Select(v => v / norm)];
    }
}
