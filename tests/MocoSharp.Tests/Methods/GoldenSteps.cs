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
        foreach ((string name, Tensor value) in method.Parameters()) value.CopyFrom(Testing.Fill.Parameter(rename(name), value.Shape, value.Rank == 4 ? gain : 1));
    }

    /// <summary>network.encoder.conv1.weight to conv1.weight, network.head.0.weight to fc.weight.</summary>
    internal static string Torchvision(string name) => name.Replace("network.encoder.", "", StringComparison.Ordinal).Replace("network.head.0", "fc", StringComparison.Ordinal);

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
    /// <param name="losses">The reference's, one a step.</param>
    /// <param name="batch">The batch of each step, from 0.</param>
    /// <param name="relative">How far a loss may be off, as a share of it.</param>
    /// <param name="inspect">Looks at each step before anything moves.</param>
    internal static void Run(Method method, Optimizer optimizer, double rate, JsonElement losses, Func<int, Batch> batch, double relative, Action<int, StepResult>? inspect = null)
    {
        foreach ((int index, JsonElement loss) in losses.EnumerateArray().Index())
        {
            using TensorScope scope = TensorScope.Begin();
            StepResult step = method.Step(batch(index));
            Tolerance.Close(loss.GetDouble(), step.Loss.ToDouble(), relative * Math.Abs(loss.GetDouble()), $"loss of step {index}");
            inspect?.Invoke(index, step);
            step.Loss.Backward();
            method.AfterBackward(step);
            optimizer.Update(rate);
            method.AfterUpdate(default);
        }
    }

    /// <summary>Holds parameters against the reference's lengths.</summary>
    internal static void CheckNorms(Method method, JsonElement norms, Func<string, string> rename, double relative)
    {
        Dictionary<string, Tensor> state = method.Parameters().ToDictionary(item => rename(item.Name), static item => item.Value);
        foreach (JsonProperty norm in norms.EnumerateObject())
            Tolerance.Close(norm.Value.GetDouble(), state[norm.Name].Detach().To(DType.Float64).Norm().ToDouble(), relative * norm.Value.GetDouble(), norm.Name);
    }

    internal static Tensor Pictures(string name, int count, int channels, int side, DType type) =>
        Testing.Fill.Inputs(name, count, channels, side, side).Contiguous(MemoryFormat.ChannelsLast).To(type);

    /// <summary>Pictures of the bank that the reference drew as noise.</summary>
    internal static long[] Noise(string name, int count, int pictures)
    {
        uint salt = Testing.Fill.Salt(name);
        return [.. Enumerable.Range(0, count).Select(i => (long)(Testing.Fill.Hash(salt, (uint)i) % (uint)pictures))];
    }
}
