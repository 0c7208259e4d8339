using MocoSharp.Torch;

namespace MocoSharp.Methods.Nnclr;

/// <summary>How well two views of a batch find each other, without labels: what Keras' example watches.</summary>
/// <remarks>keras-io examples/vision/nnclr.py at 02ad465. Chance is 1 / N for samples and 1 / D for features.</remarks>
internal static class ViewAgreement
{
    /// <summary>The share of samples whose nearest feature vector of the other view is their own; both directions.</summary>
    internal static double Contrastive(Tensor first, Tensor second) =>
        Diagonal(() => Functional.Normalize(first).MatMul(Functional.Normalize(second).T));

    /// <summary>The share of feature dimensions that correlate most with themselves in the other view; both directions.</summary>
    internal static double Correlation(Tensor first, Tensor second) =>
        Diagonal(() => Standard(first).T.MatMul(Standard(second)) / first.Size(0));

    private static Tensor Standard(Tensor features) =>
        // a dead feature gives 0, not NaN
        (features - features.Mean([0], keepDim: true)) / (features.Variance([0], unbiased: false, keepDim: true) + 1e-12).Sqrt();

    private static double Diagonal(Func<Tensor> likeness)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor table = likeness();
        Tensor own = Tensor.Arange(table.Size(0), device: table.Device);
        double rows = table.ArgMax(1).EqualTo(own).To(DType.Float32).Mean().ToDouble(),
            columns = table.ArgMax(0).EqualTo(own).To(DType.Float32).Mean().ToDouble();
        return (rows + columns) / 2;
    }
}
