using MocoSharp.Torch;

namespace MocoSharp.Methods.Distillation;

/// <summary>How well a student's distribution tells a teacher's.</summary>
internal static class SoftEntropy
{
    /// <summary>−Σ p log q, the mean over rows.</summary>
    /// <param name="teacher">[N, C]: logits over the teacher's temperature, constants.</param>
    /// <param name="student">[N, C]: logits over the student's temperature.</param>
    /// <returns>A scalar in nats; ln C for a student that tells nothing apart, the entropy of p for one that agrees.</returns>
    internal static Tensor Cross(Tensor teacher, Tensor student) =>
        -(teacher.Softmax(1) * student.LogSoftmax(1)).Sum(dim: 1).Mean();

    /// <summary>Σ p (log p − log q), the mean over rows: 0 where they agree.</summary>
    /// <inheritdoc cref="Cross"/>
    internal static Tensor Divergence(Tensor teacher, Tensor student) =>
        (teacher.Softmax(1) * (teacher.LogSoftmax(1) - student.LogSoftmax(1))).Sum(dim: 1).Mean();
}
