using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Methods.DeepInfoMax;
using MocoSharp.Recipes;
using MocoSharp.Tests.Methods;
using MocoSharp.Torch.Distributed;
using MocoSharp.Torch.Optim;
using MocoSharp.Training;

namespace MocoSharp.Tests.Ranks;

/// <summary>W ranks of batch B/W learn what one process of batch B with W batch-norm splits learns, whatever the method.</summary>
public sealed class RankSweepTests : TensorTest
{
    private const int Steps = 10, Pictures = 32;         // as many as the tiny teacher knows
    // four a rank: batch norm of fewer is all but constant
    private static int BatchOf(int ranks) => 4 * ranks;

    // they give batch norm rows that are pieces of pictures: splits part those by row and ranks by picture
    private static readonly string[] s_ofPieces = ["rotation", "jigsaw", "patch-position", "cpc", "combine"];

    // what spans ranks in six ways: keys, losses over the batch, assignments, a bank, statistics, a support set
    private static readonly string[] s_withFour = ["moco", "simclr", "swav", "npid", "barlow-twins", "nnclr"];

    /// <summary>Two ranks that accumulate for every method, four for some; <c>MOCOSHARP_RANKS=all</c>: two and four for all, with and
    /// without accumulation.</summary>
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            bool all = Environment.GetEnvironmentVariable("MOCOSHARP_RANKS") == "all";
            TheoryData<string, int, int> cases = [];
            foreach (string method in MethodRegistry.OptionTypes.Keys)
            {
                cases.Add(method, 2, 2);
                if (all) cases.Add(method, 2, 1);
                if (all || s_withFour.Contains(method)) cases.Add(method, 4, 1);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Ranks_learn_what_one_process_with_splits_learns(string method, int ranks, int accumulate)
    {
        Recipe recipe = Adapted(TinyRecipes.For(method), method);
        double[][] one = [Learn(Peers.Alone, Make(recipe, SplitsOf(recipe, ranks), BatchOf(ranks)), recipe, accumulate, BatchOf(ranks))];
        Method[] methods = [.. Enumerable.Range(0, ranks).Select(_ => Make(recipe, SplitsOf(recipe, ranks), BatchOf(ranks)))];
        double[][] each = RankThreads.Run(ranks, peers => Learn(peers, methods[peers.Rank], recipe, accumulate, BatchOf(ranks)));
        foreach (double[] learned in each)
        {
            Assert.Equal(one[0].Length, learned.Length);
            Assert.Equal(each[0], learned);                         // all ranks hold the same bits
            Assert.True(Difference(one[0], learned) < 1e-5, $"{Difference(one[0], learned):g3} of the length of what was learned");
        }
    }

    private static Recipe Adapted(Recipe recipe, string method) => recipe.Method is DeepInfoMaxOptions dim
        ? recipe with { Method = dim with { PriorWeight = 0 } }           // its discriminator's optimizer is fp32 whatever the rest is
        : s_ofPieces.Contains(method) && method != "cpc"
        ? recipe with { Encoder = new VisionTransformerOptions("vit-tiny", Width: 1.0 / 3, Side: 8, PatchSize: 4) } : recipe;

    private static Method Make(Recipe recipe, int splits, int count)
    {
        Runtime.Seed(3);
        Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder with { BatchNormSplits = splits }, Pictures, count),
            recipe.Method);
        method.ConvertTo(DType.Float64);
        return method;
    }

    /// <summary>What all weights, queues and statistics came to, less what they began as.</summary>
    private static double[] Learn(Peers peers, Method method, Recipe recipe, int accumulate, int count)
    {
        using TensorScope scope = TensorScope.Begin();
        using Method owned = method;
        using Optimizer optimizer = recipe.Optimizer.Create(method.Parameters(), method.KeepsRate);
        method.Join(peers);
        optimizer.Join(peers);
        double[] before = Values(method);
        for (int micro = 0; method.WantsPriming; micro++)
            using (TensorScope.Begin()) method.Prime(BatchOf(recipe, -1 - micro, peers, count));
        for (int step = 0; step < Steps; step++)
        {
            method.Clock = new TrainingClock(0, step, Steps, 1);
            for (int micro = 0; micro < accumulate; micro++)
            {
                using TensorScope batch = TensorScope.Begin();
                if (micro == accumulate - 1) optimizer.AwaitGradients();
                StepResult result = method.Step(BatchOf(recipe, step * accumulate + micro, peers, count));
                (result.Loss / accumulate).Backward();
                method.AfterBackward(result);
            }
            optimizer.FinishGradients();
            if (step % 2 == 0) optimizer.ClipGradients(1);            // not always: it would hide a wrong factor
            optimizer.Update(0.01);
            method.AfterUpdate(method.Clock with { Step = step + 1 });
        }
        RankStatistics.Share(method);
        return [.. Values(method).Zip(before, static (after, before) => after - before)];
    }

    private static double[] Values(Method method)
    {
        using TensorScope scope = TensorScope.Begin();
        return [.. method.State().SelectMany(static item => item.Value.Detach().To(DType.Float64).Contiguous().ToArray<double>())];
    }

    private static Batch BatchOf(Recipe recipe, int step, Peers peers, int count)
    {
        int[] mine = [.. Enumerable.Range(0, count).Where(sample => sample % peers.Count == peers.Rank)];
        IReadOnlyList<ViewPipeline> views = recipe.ViewRecipe().Views;
        Tensor[] pictures = [.. views.Select((view, number) =>
        {
            ImageSize size = view.Output(recipe.Data.ChannelCount);
            return peers.Own(Fill.Inputs($"step{step}.view{number}", count, size.Channels, size.Height, size.Width).To(DType.Float64))
                .Contiguous(MemoryFormat.ChannelsLast);
        })];
        return new Batch(pictures, [.. mine.Select(sample => (step * 7 + 50 + sample) % Pictures)], [.. mine.Select(static i => i % 3 - 1)],
            seed: 1, step)
        { Peers = peers };
    }

    private static double Difference(double[] expected, double[] given) =>
        Math.Sqrt(expected.Zip(given, static (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(static a => a * a));

    private static int SplitsOf(Recipe recipe, int ranks) => recipe.Encoder.HasBatchNorm ? ranks : 1;
}
