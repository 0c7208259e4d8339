namespace MocoSharp.Evaluation;

/// <summary>Feature vectors of some pictures.</summary>
/// <param name="Values">[N, D], row by row.</param>
/// <param name="Dimensions">D.</param>
/// <param name="Labels">[N]: classes, −1 where unknown.</param>
/// <param name="Classes">The classes' names.</param>
public sealed record FeatureSet(float[] Values, int Dimensions, int[] Labels, IReadOnlyList<string> Classes)
{
    /// <summary>N.</summary>
    public int Count => Labels.Length;
}
