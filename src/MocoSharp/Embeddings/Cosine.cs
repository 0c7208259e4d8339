using System.Numerics.Tensors;

namespace MocoSharp.Embeddings;

/// <summary>How alike two rows are.</summary>
internal static class Cosine
{
    /// <summary>Null where one of the two has no embedding, or is all zeros.</summary>
    internal static double? Of(EmbeddingsFile file, int row, EmbeddingsFile other, int otherRow)
    {
        if (!file.IsPresent(row) || !other.IsPresent(otherRow)) return null;
        float[] one = new float[file.Dimensions], two = new float[other.Dimensions];
        file.Read(row, one);
        other.Read(otherRow, two);
        float cosine = TensorPrimitives.CosineSimilarity<float>(one, two);
        return float.IsFinite(cosine) ? Math.Clamp(cosine, -1, 1) : null;
    }
}
