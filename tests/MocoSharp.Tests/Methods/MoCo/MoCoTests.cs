using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.MoCo;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;
using MoCoMethod = MocoSharp.Methods.MoCo.MoCo;

namespace MocoSharp.Tests.Methods.MoCo;

/// <summary>What the mathematics demands, and the mistakes that others made, one test each.</summary>
public sealed class MoCoTests : TensorTest
{
    private static readonly EncoderOptions s_split = Tiny.EncoderOptions with { BatchNormSplits = 4 };

    [Theory, InlineData(16), InlineData(4096)]
    public void Loss_is_log_of_one_plus_queue_length_when_all_keys_look_alike(int queueLength)
    {
        Tensor same = Tiny.UnitRows("same", 1, 8);
        float loss = InfoNce.Loss(same.Expand(4, 8), same.Expand(4, 8), same.Expand(queueLength, 8), temperature: 0.07).ToSingle();
        Assert.Equal(MathF.Log(1 + queueLength), loss, tolerance: 1e-4f);
        using MoCoMethod moco = Tiny.MoCo(Tiny.MoCoOptions with { QueueLength = queueLength });
        Assert.Equal(Math.Log(1 + queueLength), moco.ChanceLoss!.Value, tolerance: 1e-12);
    }

    [Fact]
    public void Loss_does_not_depend_on_the_order_of_the_queue()
    {
        Tensor query = Tiny.UnitRows("q", 4, 8), key = Tiny.UnitRows("k", 4, 8), queue = Tiny.UnitRows("queue", 32, 8);
        Tensor reversed = queue.Flip(0);
        Assert.Equal(InfoNce.Loss(query, key, queue, 0.2).ToSingle(), InfoNce.Loss(query, key, reversed, 0.2).ToSingle(), tolerance: 1e-5f);
    }

    [Fact]
    public void InfoNce_loss_and_gradient_match_the_golden_values()
    {
        System.Text.Json.JsonElement golden = Golden.Open("infonce");
        (int n, int k, int d) = (golden.Whole("batch"), golden.Whole("queueLength"), golden.Whole("dim"));
        Tensor query = Tiny.UnitRows("infonce.q", n, d).Detach(),
            queue = Functional.Normalize(Fill.Inputs("infonce.queue", d, k).T.Contiguous());
        query.RequiresGrad = true;
        Tensor loss = InfoNce.Loss(query, Tiny.UnitRows("infonce.k", n, d), queue, golden.Number("temperature"));
        loss.Backward();
        Assert.Equal(golden.Number("loss"), loss.ToDouble(), tolerance: 1e-5);
        golden.GetProperty("queryGradient").HoldsWhole(query.Grad!, relative: 1e-4);
    }

    [Fact]
    public void A_lean_steps_activations_are_gone_when_its_backward_pass_is()
    {
        using MoCoMethod moco = Tiny.MoCo();
        long Kept(Func<Batch, StepResult> step)
        {
            using TensorScope scope = TensorScope.Begin();
            step(Tiny.Batch()).Loss.Backward();                  // gradients have their memory now
            Batch batch = Tiny.Batch();
            long before = Runtime.Memory.InUse;
            step(batch).Loss.Backward();
            return Runtime.Memory.InUse - before;
        }

        Assert.InRange(Kept(moco.LeanStep), 0, Kept(moco.Step) / 10);
    }

    // 3.1: shuffling an undivided batch does nothing
    [Fact]
    public void Shuffled_keys_have_other_batch_mates_only_when_batch_norm_is_split()
    {
        Assert.True(KeysDifferBetweenOrders(s_split));
        Assert.False(KeysDifferBetweenOrders(Tiny.EncoderOptions));
    }

    // 3.1: a query and its own key must not share their statistics
    [Fact]
    public void Queries_are_not_shuffled()
    {
        using MoCoMethod moco = Tiny.MoCo(encoder: s_split);
        Tensor loss = moco.Step(new OrderedBatch(Tiny.Batch(), [0, 1, 2, 3, 4, 5, 6, 7])).Loss;
        using MoCoMethod plain = Tiny.MoCo(encoder: s_split);
        CopyState(moco, plain);
        Tensor query = plain.Project(Tiny.Batch().View(0)), key = plain.Project(Tiny.Batch().View(1)).Detach();
        Assert.Equal(InfoNce.Loss(query, key, plain.Queue.Keys, Tiny.MoCoOptions.Temperature).ToSingle(), loss.ToSingle(),
            tolerance: 1e-4f);
    }

    // 3.1: split batch norm must not leave its own shape in the weights
    [Fact]
    public void Weights_trained_with_split_batch_norm_load_into_plain_batch_norm()
    {
        using Encoder split = EncoderRegistry.Create(s_split), plain = EncoderRegistry.Create(s_split.WithoutSplits);
        plain.Load(split.State().ToDictionary(static s => s.Name, static s => s.Value));
        split.Train(false);
        plain.Train(false);
        Assert.True(split.Forward(Tiny.Batch().View(0)).SameAs(plain.Forward(Tiny.Batch().View(0))));
    }

    // 3.2: the key network starts as the query network
    [Fact]
    public void Key_parameters_start_equal_and_get_no_gradient()
    {
        using MoCoMethod moco = Tiny.MoCo();
        Assert.All(Pairs(moco), static pair => Assert.True(pair.Query.SameAs(pair.Key)));
        moco.Step(Tiny.Batch()).Loss.Backward();
        Assert.All(Pairs(moco), static pair => Assert.Null(pair.Key.Grad));
        Assert.All(Pairs(moco), static pair => Assert.NotNull(pair.Query.Grad));
    }

    // 3.2: an update that moves nothing
    [Fact]
    public void Key_parameters_move_by_one_minus_momentum_after_each_update()
    {
        using MoCoMethod moco = Tiny.MoCo();
        using Sgd sgd = Sgd(moco);
        Tensor before = Pairs(moco).First().Key.Clone();
        Train(moco, sgd, steps: 1);
        (Tensor query, Tensor key) = Pairs(moco).First();
        Tolerance.Close((before * 0.9) + (query.Detach() * 0.1), key, relative: 1e-5);
        Assert.False(before.SameAs(key));
    }

    // 3.2: buffers must not be averaged
    [Fact]
    public void Key_batch_norm_keeps_running_statistics_of_its_own_batches()
    {
        using MoCoMethod moco = Tiny.MoCo();
        moco.Step(Tiny.Batch());
        Dictionary<string, Tensor> before = moco.Buffers().Where(static b => b.Name.StartsWith("key.", StringComparison.Ordinal))
            .ToDictionary(static b => b.Name, static b => b.Value.Clone());
        moco.AfterUpdate(default);
        Assert.All(moco.Buffers().Where(static b => b.Name.StartsWith("key.", StringComparison.Ordinal)),
            buffer => Assert.True(buffer.Value.SameAs(before[buffer.Name])));
        Tensor queryMean = Buffer(moco, "query.encoder.bn1.running_mean"), keyMean = Buffer(moco, "key.encoder.bn1.running_mean");
        Assert.True(keyMean.Norm().ToDouble() > 0, "key batch norm did not run in training mode");
        Assert.False(queryMean.SameAs(keyMean));
    }

    // 3.2, 3.5: at m = 0.999 a step is below bf16's resolution
    [Fact]
    public void A_slow_key_network_moves_in_bf16_training_too()
    {
        using MoCoMethod moco = Tiny.MoCo(Tiny.MoCoOptions with { KeyMomentum = 0.999 });
        using Sgd sgd = Sgd(moco);
        Tensor before = Pairs(moco).First().Key.Clone();
        Train(moco, sgd, steps: 2, DType.BFloat16);
        Assert.All(moco.Parameters(), static p => Assert.Equal(DType.Float32, p.Value.DType));
        Assert.False(before.SameAs(Pairs(moco).First().Key));
    }

    // 3.3: negatives are read before the batch's own keys enter
    [Fact]
    public void A_step_changes_no_weights_and_no_queue_until_it_is_told_to()
    {
        using MoCoMethod moco = Tiny.MoCo();
        Dictionary<string, Tensor> before = moco.State()
            .Where(static s => !s.Name.Contains("running", StringComparison.Ordinal)
            && !s.Name.Contains("num_batches", StringComparison.Ordinal))
            .ToDictionary(static s => s.Name, static s => s.Value.Clone());
        KeyStep step = moco.Step(Tiny.Batch());
        Assert.All(before, item => Assert.True(item.Value.SameAs(moco.State().Single(s => s.Name == item.Key).Value), item.Key));
        moco.AfterBackward(step);
        Assert.False(before["queue.keys"].SameAs(moco.Queue.Keys));
    }

    // 3.3: keys, not their graph, enter the queue
    [Fact]
    public void Keys_are_unit_rows_without_a_graph()
    {
        using MoCoMethod moco = Tiny.MoCo();
        Tensor keys = moco.Step(Tiny.Batch()).Keys;
        Assert.False(keys.RequiresGrad);
        Assert.Equal(DType.Float32, keys.DType);
        Assert.All(keys.Norm(dim: 1).ToArray<float>(), static length => Assert.Equal(1f, length, tolerance: 1e-5f));
    }

    // 3.4: sum, one push after both losses, and no view meets its own key
    [Fact]
    public void Symmetric_loss_is_the_sum_of_both_directions_and_pushes_once_after_both()
    {
        MoCoOptions options = Tiny.MoCoOptions with { Symmetric = true };
        using MoCoMethod symmetric = Tiny.MoCo(options), forth = Tiny.MoCo(), back = Tiny.MoCo();
        CopyState(symmetric, forth);
        CopyState(symmetric, back);
        Batch batch = Tiny.Batch();
        Batch turned = new([batch.View(1), batch.View(0)], batch.Indices, batch.Labels, 1, 0);
        KeyStep both = symmetric.Step(batch), first = forth.Step(batch), second = back.Step(turned);
        Assert.Equal(first.Loss.ToSingle() + second.Loss.ToSingle(), both.Loss.ToSingle(), tolerance: 1e-4f);
        symmetric.AfterBackward(both);
        Assert.Equal(16, Buffer(symmetric, "queue.position").ToInt64());
        Tolerance.Close(Tensor.Cat([second.Keys, first.Keys]), both.Keys, relative: 1e-5);
        Assert.Equal(2 * Math.Log(33), symmetric.ChanceLoss!.Value, tolerance: 1e-9);
    }

    // 3.6: a picture's own old keys as negatives
    [Fact]
    public void A_queue_that_outlives_an_epoch_raises_a_concern()
    {
        using MoCoMethod moco = Tiny.MoCo();
        Assert.Contains("32 keys", Assert.Single(moco.Warnings(pictures: 40)), StringComparison.Ordinal);
        Assert.Empty(moco.Warnings(pictures: 1000));
    }

    [Fact]
    public void A_queue_smaller_than_the_batch_is_refused_with_both_numbers_and_a_fix()
    {
        OptionException error = Assert.Throws<OptionException>(() => (Tiny.MoCoOptions with { QueueLength = 128 }).Check(batchSize: 256));
        Assert.Equal("queueLength is 128, smaller than the batch (256), so one push would overwrite keys of its own batch", error.Message);
        Assert.StartsWith("set it to 256 or more (--set method.queueLength=256), or lower training.batchSize; ", error.Fix,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Priming_fills_the_queue_with_real_keys_and_learns_nothing()
    {
        using MoCoMethod moco = Tiny.MoCo(Tiny.MoCoOptions with { FillQueueFirst = true });
        Tensor weights = Pairs(moco).First().Query.Clone();
        for (int step = 0; moco.WantsPriming; step++) moco.Prime(Tiny.Batch(step: step));
        Assert.Equal(1, moco.Queue.Fill);
        Assert.True(weights.SameAs(Pairs(moco).First().Query));
    }

    [Fact]
    public void Accumulated_gradients_of_two_batches_are_the_mean_of_both()
    {
        using MoCoMethod moco = Tiny.MoCo();
        using Sgd sgd = Sgd(moco);
        List<Tensor> single = [];
        foreach (long step in new long[] { 1, 2 })
        {
            moco.Step(Tiny.Batch(step: step)).Loss.Backward();
            single.Add(Pairs(moco).First().Query.Grad!.Clone());
            sgd.ClearGradients();
        }
        foreach (long step in new long[] { 1, 2 }) (moco.Step(Tiny.Batch(step: step)).Loss / 2).Backward();
        Tolerance.Close((single[0] + single[1]) / 2, Pairs(moco).First().Query.Grad!, relative: 1e-4);
    }

    private static bool KeysDifferBetweenOrders(EncoderOptions encoder)
    {
        using MoCoMethod moco = Tiny.MoCo(encoder: encoder);
        Tensor one = moco.Step(new OrderedBatch(Tiny.Batch(), [0, 1, 2, 3, 4, 5, 6, 7])).Keys,
            other = moco.Step(new OrderedBatch(Tiny.Batch(), [3, 1, 4, 0, 5, 7, 2, 6])).Keys;
        return (one - other).Abs().Max().ToDouble() > 1e-4;
    }

    private static Sgd Sgd(Module moco) =>
        new(ParameterGroup.Of(moco.Parameters(), weightDecay: 1e-4, decayNormsAndBiases: true), momentum: 0.9);

    private static void Train(MoCoMethod moco, Optimizer optimizer, int steps, DType type = DType.Float32)
    {
        for (int i = 0; i < steps; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            KeyStep step = moco.Step(Tiny.Batch(step: i, type: type));
            step.Loss.Backward();
            moco.AfterBackward(step);
            optimizer.Update(0.1);
            moco.AfterUpdate(default);
        }
    }

    private static IEnumerable<(Tensor Query, Tensor Key)> Pairs(Module moco) =>
        moco.Parameters().Where(static p => p.Name.StartsWith("query.", StringComparison.Ordinal)).Select(static p => p.Value)
            .Zip(moco.Parameters().Where(static p => p.Name.StartsWith("key.", StringComparison.Ordinal)).Select(static p => p.Value));

    private static Tensor Buffer(Module moco, string name) => moco.Buffers().Single(buffer => buffer.Name == name).Value;

    private static void CopyState(Module from, Module to) => to.Load(from.State().ToDictionary(static s => s.Name, static s => s.Value));

    private sealed class OrderedBatch(Batch inner, long[] order) : Batch([inner.View(0), inner.View(1)], inner.Indices, inner.Labels, 1, 0)
    {
        public override long[] Permutation(int use) => order;
    }
}
