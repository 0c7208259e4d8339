using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MoCo;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods.MoCo;

/// <summary>Training steps against the official code: facebookresearch/moco at 7397dfe, and its CIFAR-10 demo.</summary>
public sealed class MoCoGoldenTests : TensorTest
{
    [Theory]
    [InlineData("moco-v1", "m0.999", 0.999, DType.Float32), InlineData("moco-v1", "m0.9", 0.9, DType.Float32)]
    [InlineData("moco-v2", "m0.999", 0.999, DType.Float32), InlineData("moco-v2", "m0.9", 0.9, DType.Float32)]
    [InlineData("moco-v1", "m0.999", 0.999, DType.Float64), InlineData("moco-v1", "m0.9", 0.9, DType.Float64)]
    [InlineData("moco-v2", "m0.999", 0.999, DType.Float64), InlineData("moco-v2", "m0.9", 0.9, DType.Float64)]
    public void Ten_steps_match_the_official_implementation(string file, string run, double keyMomentum, DType precision)
    {
        JsonElement golden = Golden.Open(file);
        MoCoOptions options = new(golden.Whole("queueLength"), golden.Whole("dim"), golden.GetProperty("mlp").GetBoolean() ? [512] : [],
            golden.Number("temperature"), keyMomentum);
        CheckSteps(golden, golden.GetProperty("runs").GetProperty(run), options, splits: 1, precision);
    }

    [Theory]
    [InlineData("asymmetric", false, DType.Float32), InlineData("symmetric", true, DType.Float32)]
    [InlineData("asymmetric", false, DType.Float64), InlineData("symmetric", true, DType.Float64)]
    public void Five_steps_match_the_official_cifar_demo_with_its_split_batch_norm_and_shuffled_keys(string run, bool symmetric,
        DType precision)
    {
        JsonElement golden = Golden.Open("moco-cifar10-demo");
        MoCoOptions options = new(golden.Whole("queueLength"), golden.Whole("dim"), [], golden.Number("temperature"),
            golden.Number("keyMomentum"), symmetric);
        CheckSteps(golden, golden.GetProperty("runs").GetProperty(run), options, golden.Whole("batchNormSplits"), precision);
    }

    private static void CheckSteps(JsonElement golden, JsonElement run, MoCoOptions options, int splits, DType precision)
    {
        using MocoSharp.Methods.MoCo.MoCo moco = new(() =>
            EncoderRegistry.Create(new EncoderOptions("resnet18-small", BatchNormSplits: splits)), options);
        moco.ConvertTo(precision);
        FillWeights(moco, golden.Number("gain"));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(moco.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: true),
            golden.Number("momentum"));
        (int count, int side) = (golden.Whole("batch"), golden.Whole("side"));
        int index = 0;
        foreach (JsonElement expected in run.GetProperty("steps").EnumerateArray())
        {
            using TensorScope scope = TensorScope.Begin();
            Batch batch = new GoldenBatch(index, count, side, precision, expected);
            KeyStep step = moco.Step(batch);
            GoldenSteps.CheckNumber(expected.GetProperty("loss64"), expected.GetProperty("lossSpread"), step.Loss.ToDouble(), precision,
                $"loss of step {index}");
            step.Loss.Backward();
            moco.AfterBackward(step);
            sgd.Update(golden.Number("lr"));
            moco.AfterUpdate(new TrainingClock(0, index++, 10, 1));
            Assert.Equal(expected.Whole("queuePointer"), moco.State().Single(static s => s.Name == "queue.position").Value.ToInt64());
        }
        CheckFinal(moco, run.GetProperty("final"), precision);
    }

    private static void CheckFinal(Method moco, JsonElement final, DType precision)
    {
        Dictionary<string, Tensor> state = moco.State().ToDictionary(static item => item.Name, static item => item.Value);
        void Check(string network, JsonElement checks)
        {
            foreach (JsonProperty check in checks.EnumerateObject())
            {
                double norm = state[Name(network, check.Name)].To(DType.Float64).Norm().ToDouble();
                GoldenSteps.CheckNumber(check.Value.GetProperty("norm64"), check.Value.GetProperty("normSpread"), norm, precision,
                    $"{network} {check.Name}");
            }
        }
        Check("query", final.GetProperty("query").GetProperty("parameters"));
        Check("query", final.GetProperty("query").GetProperty("runningStatistics"));
        Check("key", final.GetProperty("keyAfterNextUpdate").GetProperty("parameters"));
        Check("key", final.GetProperty("key").GetProperty("runningStatistics"));
        float[] queue = final.GetProperty("queueFirst64").Floats();
        Tolerance.Close(queue, state["queue.keys"].T.Contiguous().View(-1).Narrow(0, 0, queue.Length).To(DType.Float32),
            Math.Max(final.GetProperty("queueFirstSpread").Allowed(precision), 1e-6));
    }

    /// <summary>Ours: query.encoder.layer1.0.conv1.weight, query.head.0.weight. Torchvision's: layer1.0.conv1.weight, fc.weight or
    /// fc.0.weight.</summary>
    private static string Name(string network, string torchvision) => torchvision switch
    {
        "fc.weight" => $"{network}.head.0.weight",
        "fc.bias" => $"{network}.head.0.bias",
        _ when torchvision.StartsWith("fc.", StringComparison.Ordinal) => $"{network}.head.{torchvision[3..]}",
        _ => $"{network}.encoder.{torchvision}",
    };

    private static void FillWeights(Method moco, double gain)
    {
        bool linear = !moco.State().Any(static item => item.Name == "query.head.2.weight");
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Tensor value) in moco.Parameters())
        {
            string own = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            string torchvision = own.StartsWith("head.", StringComparison.Ordinal)
                ? (linear ? own.Replace("head.0", "fc", StringComparison.Ordinal) : own.Replace("head", "fc", StringComparison.Ordinal))
                : own.Replace("encoder.", "", StringComparison.Ordinal);
            value.CopyFrom(Fill.Parameter(torchvision, value.Shape, value.Rank == 4 ? gain : 1));
        }
        Tensor keys = moco.State().Single(static item => item.Name == "queue.keys").Value;
        // [D, K]: the original keeps keys in columns
        Tensor columns = Fill.Inputs("queue", keys.Size(1), keys.Size(0)).To(DType.Float64);
        keys.CopyFrom((columns / columns.Norm(0, keepDim: true)).T);
    }

    private sealed class GoldenBatch(int step, int count, int side, DType precision, JsonElement expected) : Batch(
        [View(step, "q", count, side).To(precision), View(step, "k", count, side).To(precision)], [.. Enumerable.Range(0, count)],
        [.. Enumerable.Repeat(-1, count)], 0, step)
    {
        // the demo's second loss has view 0 as its key view and its own permutation
        public override long[] Permutation(int use) => expected.GetProperty("shuffles")[use == 1 ? 0 : 1].Longs();

        private static Tensor View(int step, string name, int count, int side) =>
            Fill.Inputs($"step{step}.{name}", count, 3, side, side).Contiguous(MemoryFormat.ChannelsLast);
    }
}
