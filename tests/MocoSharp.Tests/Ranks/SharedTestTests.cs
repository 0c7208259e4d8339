using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Ranks;

/// <summary>Tests that ranks share come to one process's numbers, to the bit.</summary>
public sealed class SharedTestTests : TensorTest
{
    private static readonly Recipe s_recipe = TinyRecipes.For("moco");

    [Theory, InlineData(2, 37, 8), InlineData(3, 37, 8), InlineData(4, 9, 8)]
    public void Features_of_all_pictures_are_those_of_one_process(int ranks, int pictures, int batch)
    {
        TinySource source = new(pictures, bad: 3, labeled: pictures - 4);
        FeatureSet one = Extract(SharedWork.Alone);
        FeatureSet[] all = RankThreads.Run(ranks, peers => Extract(new SharedWork(peers, static part => part())));
        foreach (FeatureSet given in all)
        {
            Assert.Equal(one.Values, given.Values);
            Assert.Equal(one.Labels, given.Labels);
            Assert.Equal(one.Absent, given.Absent);
        }
        Assert.Equal([0, 1, 2], one.Absent);

        FeatureSet Extract(SharedWork work)
        {
            return new FeatureExtractor(s_recipe.Data, s_recipe.EvaluationView(), Compute.WithoutNetwork) { BatchSize = batch, Work = work }
                .Extract(source, Pooled, cancel: TestContext.Current.CancellationToken);
        }
    }

    [Theory, InlineData(2), InlineData(3)]
    public void Votes_on_all_rows_are_those_of_one_process(int ranks)
    {
        FeatureSet bank = Rows(300, seed: 1), queries = Rows(2 * NearestSearch.QueryBlock + 100, seed: 2);
        ClassificationResult one = new KnnClassifier(20).Evaluate(bank, queries, TestContext.Current.CancellationToken);
        ClassificationResult[] all = RankThreads.Run(ranks, peers =>
            new KnnClassifier(20) { Work = new SharedWork(peers, static part => part()) }.Evaluate(bank, queries));
        foreach (ClassificationResult given in all)
        {
            Assert.Equal(one.Predictions, given.Predictions);
            Assert.Equal(one.Confidences, given.Confidences);
        }
        Assert.Contains(1, one.Predictions[^100..]);
    }

    [Fact]
    public void A_rank_whose_weights_differ_is_named_and_all_go_on_with_those_of_rank_0()
    {
        (float[] Weights, List<string> Said)[] all = RankThreads.Run(3, static peers =>
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor same = Tensor.From([1f, 2f]), other = Tensor.From([3f, peers.Rank == 2 ? 4.0000005f : 4f]);
            List<string> said = [];
            RankAgreement.Restore([("same", same), ("other", other)], peers, said.Add);
            RankAgreement.Restore([("same", same), ("other", other)], peers, said.Add);
            return (other.ToArray<float>(), said);
        });
        foreach ((float[] weights, List<string> said) in all)
        {
            Assert.Equal([3f, 4f], weights);
            Assert.StartsWith("1 of 2 tensors of rank 2 are not those of rank 0, 'other' among them", Assert.Single(said),
                StringComparison.Ordinal);
        }
    }

    private static Tensor Pooled(Tensor pictures) => pictures.Flatten(1).Narrow(1, 0, 16);

    private static FeatureSet Rows(int count, ulong seed)
    {
        Rng rng = Rng.For(seed, 0);
        return new FeatureSet([.. Enumerable.Range(0, count * 8).Select(_ => rng.NextSingle() - 0.5f)], 8,
            [.. Enumerable.Range(0, count).Select(static row => row % 2)], ["a", "b"]);
    }
}
