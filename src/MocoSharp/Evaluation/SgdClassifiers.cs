using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>Linear classifiers that learn from the same batches with different rates: one matrix product serves all.</summary>
/// <remarks>v ← μv + ∂L/∂w; w ← w − ηv, L the mean cross-entropy, no decay: He et al. 2020, arXiv:1911.05722, and facebookresearch/moco's
/// main_lincls.py. Weights begin as N(0, 0.01²), biases as 0. The bias is the weight of one more feature that is always 1.</remarks>
internal sealed class SgdClassifiers : IDisposable
{
    private readonly int _classes;
    private readonly double _momentum;
    private readonly IReadOnlyList<double> _rates;
    private readonly Tensor _weights, _velocity;

    /// <summary>All begin alike.</summary>
    /// <param name="start">[C, D].</param>
    /// <param name="rates">η of each, R of them.</param>
    /// <param name="momentum">μ.</param>
    internal SgdClassifiers(Tensor start, IReadOnlyList<double> rates, double momentum)
    {
        (_classes, _rates, _momentum) = ((int)start.Size(0), rates, momentum);
        // [R · C, D + 1]
        _weights = TensorScope.Keep(() => Tensor.Cat([start, Tensor.Zeros([_classes, 1], device: start.Device)], dim: 1)
            .Repeat(rates.Count, 1)).DetachFromScope();
        _velocity = Tensor.Zeros(_weights.Shape, device: start.Device).DetachFromScope();
    }

    /// <summary>Weights that a classifier begins with, [C, D].</summary>
    internal static Tensor Start(int classes, int dimensions) => Tensor.Empty([classes, dimensions]).NormalInPlace(0, 0.01);

    /// <summary>One update.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="labels">[N], 0 … C − 1.</param>
    /// <param name="factor">Of all rates.</param>
    internal void Step(Tensor rows, ReadOnlySpan<int> labels, double factor)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        long count = labels.Length;
        Tensor x = WithOnes(rows);
        Tensor wanted = Tensor.Zeros([count, 1, _classes]);
        Span<float> ones = wanted.AsSpan<float>();
        for (int i = 0; i < labels.Length; i++) ones[i * _classes + labels[i]] = 1;
        // [N, R, C]
        Tensor residual = (x.MatMul(_weights.T).View(count, _rates.Count, _classes).Softmax(2) - wanted.To(rows.Device)) / (double)count;
        _velocity.MulInPlace(_momentum).AddInPlace(residual.View(count, _rates.Count * _classes).T.MatMul(x));
        Tensor rates = Tensor.From<float>([.. _rates.SelectMany(rate => Enumerable.Repeat((float)(rate * factor), _classes))],
            _rates.Count * _classes, 1).To(rows.Device);
        _weights.AddProductInPlace(_velocity, rates, -1);
    }

    /// <summary>One of them; null where its rate has driven it to something that is not a number.</summary>
    internal LinearHead? Head(int rate, IReadOnlyList<string> classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor own = _weights.Narrow(0, rate * _classes, _classes);
        long dimensions = own.Size(1) - 1;
        return own.IsFinite() ? new LinearHead(own.Narrow(1, 0, dimensions).ToArray<float>(), own.Narrow(1, dimensions, 1).ToArray<float>(),
            classes) : null;
    }

    public void Dispose()
    {
        _weights.Dispose();
        _velocity.Dispose();
    }

    private static Tensor WithOnes(Tensor rows) => Tensor.Cat([rows, Tensor.Ones([rows.Size(0), 1], device: rows.Device)], dim: 1);
}
