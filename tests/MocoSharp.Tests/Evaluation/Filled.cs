using MocoSharp.Features;

namespace MocoSharp.Tests.Evaluation;

/// <summary>Features made from a name alone, so that the reference programs have the same ones.</summary>
internal static class Filled
{
    /// <summary>Noise of unit variance plus a share of the class's center; row i has class i modulo the number of classes.</summary>
    public static FeatureSet Features(string group, string name, int count, int dimensions, int classes, float spread)
    {
        float[] values = Inputs($"{group}.{name}", count * dimensions), centers = Inputs($"{group}.centers", classes * dimensions);
        for (int i = 0; i < count; i++)
            for (int d = 0; d < dimensions; d++) values[i * dimensions + d] += spread * centers[i % classes * dimensions + d];
        return new FeatureSet(values, dimensions, [.. Enumerable.Range(0, count).Select(i => i % classes)], Names(classes));
    }

    public static string[] Names(int classes) => [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];

    /// <summary>The same rows without labels.</summary>
    public static FeatureSet Unlabeled(this FeatureSet features) => features with { Labels = [.. features.Labels.Select(_ => -1)] };

    public static float[] Inputs(string name, int count)
    {
        using Tensor values = Fill.Inputs(name, count).DetachFromScope();
        return values.ToArray<float>();
    }
}
