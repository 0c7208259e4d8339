#pragma warning disable xUnit1051   // milliseconds each: nothing to cancel
using MocoSharp.Bench;
using MocoSharp.Features;
using MocoSharp.Tests.Mutations;

namespace MocoSharp.Tests.Evaluation;

public sealed class NearestSearchTests : TensorTest
{
    private static readonly KnnBenchmarkOptions s_size = new(Bank: 9000, Queries: 300, Dimensions: 64);

    [Theory, InlineData(1), InlineData(20), InlineData(200)]
    public void Candidates_by_bf16_lead_to_the_neighbors_that_fp32_finds(int neighbors)
    {
        (FeatureSet bank, FeatureSet queries) = KnnBenchmark.Features(s_size);
        AssertSameNeighbors(Search(bank, queries, neighbors).Coarse(All(queries)), Search(bank, queries, neighbors).Exact(All(queries)));
    }

    [Fact]
    public void Features_that_have_collapsed_are_done_in_fp32()
    {
        // all cosines lie within a thousandth: bf16 tells none of them apart
        (FeatureSet bank, FeatureSet queries) = KnnBenchmark.Features(s_size);
        FeatureSet flat = Collapse(bank), asked = Collapse(queries);
        (float Score, int Row)[][] coarse = Search(flat, asked, 50).Coarse(All(asked)), exact = Search(flat, asked, 50).Exact(All(asked));
        for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i].Select(static n => n.Row), coarse[i].Select(static n => n.Row));
    }

    [Fact]
    public void No_row_is_its_own_neighbor_when_a_set_is_searched_in_itself()
    {
        (FeatureSet bank, _) = KnnBenchmark.Features(s_size);
        int[] rows = [.. Enumerable.Range(4000, 300)];
        NearestSearch search = new(bank, All(bank), bank, k: 10, isSame: true, Device.Cpu, CancellationToken.None);
        (float Score, int Row)[][] nearest = search.Coarse(rows);
        Assert.All(rows, row => Assert.DoesNotContain(nearest[row - 4000], neighbor => neighbor.Row == row));
        AssertSameNeighbors(nearest, search.Exact(rows));
    }

    [Fact]
    public void The_vote_is_the_same_either_way()
    {
        (FeatureSet bank, FeatureSet queries) = KnnBenchmark.Features(s_size);
        ClassificationResult coarse = new KnnClassifier(200, 0.1, coarse: true).Evaluate(bank, queries),
            exact = new KnnClassifier(200, 0.1, coarse: false).Evaluate(bank, queries);
        Assert.Equal(exact.Predictions, coarse.Predictions);
        Assert.Equal(exact.Confidences, coarse.Confidences, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.InRange(exact.Accuracy, 0.3, 0.999);       // a test that all pass would show nothing
    }

    [Fact]
    public void A_search_can_be_stopped()
    {
        (FeatureSet bank, FeatureSet queries) = KnnBenchmark.Features(s_size);
        Assert.Throws<OperationCanceledException>(() => new KnnClassifier(5, 0.1, coarse: true)
            .Evaluate(bank, queries, new CancellationToken(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => new KnnClassifier(5, 0.1, coarse: false)
            .Evaluate(bank, queries, new CancellationToken(canceled: true)));
    }

    // by way of the whole table of scores it would take a gigabyte in bf16, and two in fp32
    [Theory, InlineData(true), InlineData(false)]
    public void Memory_does_not_grow_with_the_product_of_both_counts(bool coarse)
    {
        (FeatureSet bank, FeatureSet queries) = KnnBenchmark.Features(new KnnBenchmarkOptions(Bank: 65_536, Queries: 8_192,
            Dimensions: 32));
        KnnClassifier knn = new(20, 0.1, coarse);
        // code and threads are there now
        _ = knn.Evaluate(bank, queries with { Values = queries.Values[..(64 * 32)], Labels = queries.Labels[..64] });
        long before = PeakMemory.Reset();
        Assert.Equal(queries.Count, knn.Evaluate(bank, queries).Predictions.Length);
        long grown = PeakMemory.Bytes() - before;       // below 0 when what the first search needed has been given back
        Assert.True(grown < 256 << 20, $"grew by {grown >> 20} MB");
    }

    private static NearestSearch Search(FeatureSet bank, FeatureSet queries, int k) =>
        new(bank, All(bank), queries, k, isSame: false, Device.Cpu, CancellationToken.None);

    private static int[] All(FeatureSet features) => [.. Enumerable.Range(0, features.Count)];

    private static FeatureSet Collapse(FeatureSet features) => features with
    {
        Values = [.. features.Values.Select(static value => 10 + 0.1f * value)],
    };

    // Both round, so rows whose scores are equal to the last digits may change places; the scores at each place may not differ.
    private static void AssertSameNeighbors((float Score, int Row)[][] actual, (float Score, int Row)[][] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Length, actual[i].Length);
            Assert.Equal(expected[i].Select(static n => n.Score), actual[i].Select(static n => n.Score), (a, b) => Math.Abs(a - b) < 1e-6);
            Assert.InRange(expected[i].Select(static n => n.Row).Intersect(actual[i].Select(static n => n.Row)).Count(),
                expected[i].Length - 1, expected[i].Length);
        }
    }
}
