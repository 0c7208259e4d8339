using System.Text.Json;
using MocoSharp.Methods;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods;

/// <summary>What golden training steps of the methods share: torchvision's weights by name, filled batches.</summary>
internal static class GoldenSteps
{
    /// <summary>Gives parameters the values of the reference programs.</summary>
    /// <param name="method">Whose.</param>
    /// <param name="gain">Factor of convolutions' weights.</param>
    /// <param name="rename">From our names to those of the reference.</param>
    internal static void Fill(Method method, double gain, Func<string, string> rename)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Tensor value) in method.Parameters())
            value.CopyFrom(Testing.Fill.Parameter(rename(name), value.Shape, value.Rank == 4 ? gain : 1));
    }

    /// <summary>network.encoder.conv1.weight to conv1.weight, network.head.0.weight to fc.weight.</summary>
    internal static string Torchvision(string name) => name.Replace("network.encoder.", "", StringComparison.Ordinal)
        .Replace("network.head.0", "fc", StringComparison.Ordinal);

    /// <summary>Overwrites a buffer.</summary>
    internal static void Set(Method method, string name, Tensor value)
    {
        using GradMode off = GradMode.Off();
        method.State().Single(item => item.Name == name).Value.CopyFrom(value);
    }

    /// <summary>Makes the reference's steps and holds each loss against its own.</summary>
    /// <param name="method">Filled as the reference was.</param>
    /// <param name="optimizer">Of its parameters.</param>
    /// <param name="rate">η of every step.</param>
    /// <param name="run">The reference's: <c>losses</c>, one a step, and their <c>spread</c>.</param>
    /// <param name="batch">The batch of each step, from 0.</param>
    /// <param name="precision">The method's.</param>
    /// <param name="inspect">Looks at each step before anything moves.</param>
    /// <param name="epochs">Where time matters: each step is an epoch, out of so many.</param>
    internal static void Run(Method method, Optimizer optimizer, double rate, JsonElement run,
        Func<int, Batch> batch, DType precision, Action<int, StepResult>? inspect = null, int epochs = 0)
    {
        JsonElement spread = run.GetProperty("spread").GetProperty("losses");
        foreach ((int index, JsonElement loss) in run.GetProperty("losses").EnumerateArray().Index())
        {
            using TensorScope scope = TensorScope.Begin();
            TrainingClock now = epochs == 0 ? default : new TrainingClock(index, index, StepsPerEpoch: 1, epochs);
            method.Clock = now;
            StepResult step = method.Step(batch(index));
            Tolerance.Close(loss.GetDouble(), step.Loss.ToDouble(), spread[index].Allowed(precision) * Math.Abs(loss.GetDouble()),
                $"loss of step {index}");
            inspect?.Invoke(index, step);
            step.Loss.Backward();
            method.AfterBackward(step);
            optimizer.Update(rate);
            method.AfterUpdate(now with { Step = now.Step + 1 });
        }
    }

    /// <summary>Holds parameters against the reference's lengths.</summary>
    /// <param name="method">Whose.</param>
    /// <param name="run">The reference's, with its <c>spread</c>.</param>
    /// <param name="rename">From our names to those of the reference.</param>
    /// <param name="precision">The method's.</param>
    /// <param name="list">The list of lengths in <paramref name="run"/>.</param>
    internal static void CheckNorms(Method method, JsonElement run, Func<string, string> rename, DType precision, string list = "norms")
    {
        Dictionary<string, Tensor> state = method.Parameters().ToDictionary(item => rename(item.Name), static item => item.Value);
        JsonElement spread = run.GetProperty("spread").GetProperty(list);
        foreach (JsonProperty norm in run.GetProperty(list).EnumerateObject())
            CheckNumber(norm.Value, spread.GetProperty(norm.Name), state[norm.Name].Detach().To(DType.Float64).Norm().ToDouble(), precision,
                norm.Name);
    }

    /// <summary>Holds a number against the reference's.</summary>
    internal static void CheckNumber(JsonElement expected, JsonElement spread, double actual, DType precision, string what) =>
        Tolerance.Close(expected.GetDouble(), actual, spread.Allowed(precision) * Math.Abs(expected.GetDouble()), what);

    /// <summary>Holds a tensor against the reference's summary, whose first elements are in float32.</summary>
    internal static void CheckSummary(JsonElement expected, JsonElement spread, Tensor actual, DType precision) =>
        expected.HoldsSummary(actual, Math.Max(spread.Allowed(precision), 1e-6));

    internal static Tensor Pictures(string name, int count, int channels, int side, DType type) =>
        Testing.Fill.Inputs(name, count, channels, side, side).Contiguous(MemoryFormat.ChannelsLast).To(type);

    /// <summary>Global views, then local ones, of a step of a multi-crop method.</summary>
    /// <param name="golden">The file: batch and sides.</param>
    /// <param name="step">From 0.</param>
    /// <param name="globals">Views of the larger side.</param>
    /// <param name="locals">Views of the smaller side.</param>
    /// <param name="type">Of the pictures.</param>
    internal static Batch Crops(JsonElement golden, int step, int globals, int locals, DType type)
    {
        int count = golden.Whole("batch");
        return new NamedNoise([.. Enumerable.Range(0, globals + locals).Select(view => Pictures($"step{step}.{view}", count, 3,
            golden.Whole(view < globals ? "side" : "local"), type))], count, step);
    }

    /// <summary>Pictures of the bank that the reference drew as noise.</summary>
    internal static long[] Noise(string name, int count, int pictures)
    {
        uint salt = Testing.Fill.Salt(name);
        return [.. Enumerable.Range(0, count).Select(i => (long)(Testing.Fill.Hash(salt, (uint)i) % (uint)pictures))];
    }

    /// <summary>A batch whose normal numbers are those of the reference.</summary>
    private sealed class NamedNoise(IReadOnlyList<Tensor> views, int count, int step)
        : Batch(views, [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, step)
    {
        public override double[] Normals(int use, int count) =>
            [.. Testing.Fill.Inputs($"directions{step}", count).ToArray<float>().Select(static value => (double)value)];
    }
}
