using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

public sealed unsafe partial class Tensor
{
    private static readonly Op s_sum = new("aten::sum"), s_sumDim = new("aten::sum", "dim_IntList"), s_mean = new("aten::mean"),
        s_meanDim = new("aten::mean", "dim"),
        s_max = new("aten::max"), s_min = new("aten::min"), s_argmax = new("aten::argmax"), s_all = new("aten::all"),
            s_topk = new("aten::topk"),
        s_norm = new("aten::linalg_vector_norm"), s_var = new("aten::var", "dim"), s_softmax = new("aten::softmax", "int"),
            s_logSoftmax = new("aten::log_softmax", "int"),
        s_logSumExp = new("aten::logsumexp"), s_singularValues = new("aten::linalg_svdvals"),
        s_logDeterminant = new("aten::logdet");

    /// <summary>Sum of all elements.</summary>
    public Tensor Sum() => s_sum.Call(this);

    /// <summary>Sum over some dimensions.</summary>
    public Tensor Sum(long[] dims, bool keepDim = false) => s_sumDim.Call(this, Value.Ints(dims), keepDim);

    /// <inheritdoc cref="Sum(long[], bool)"/>
    public Tensor Sum(int dim, bool keepDim = false) => Sum([dim], keepDim);

    /// <summary>Mean of all elements.</summary>
    public Tensor Mean() => s_mean.Call(this);

    /// <summary>Mean over some dimensions.</summary>
    public Tensor Mean(long[] dims, bool keepDim = false) => s_meanDim.Call(this, Value.Ints(dims), keepDim);

    /// <summary>Variance over some dimensions.</summary>
    /// <param name="dims">The dimensions.</param>
    /// <param name="unbiased">Divide by n − 1 instead of n.</param>
    /// <param name="keepDim">Keep the dimensions, with size 1.</param>
    public Tensor Variance(long[] dims, bool unbiased, bool keepDim = false) => s_var.Call(this, Value.Ints(dims), unbiased, keepDim);

    /// <summary>Largest element.</summary>
    public Tensor Max() => s_max.Call(this);

    /// <summary>Smallest element.</summary>
    public Tensor Min() => s_min.Call(this);

    /// <summary>Position of the largest element along one dimension, Int64.</summary>
    public Tensor ArgMax(int dim) => s_argmax.Call(this, dim);

    /// <summary>Whether all elements are non-zero.</summary>
    public Tensor All() => s_all.Call(this);

    /// <summary>The k largest along one dimension, largest first: values and Int64 positions.</summary>
    public (Tensor Values, Tensor Indices) TopK(int k, int dim = -1) => s_topk.CallMany(this, k, dim) is [{ } values, { } indices]
        ? (values, indices)
        : throw new TorchException(TorchErrorIds.Operator, "topk gave no pair");

    /// <summary>The singular values of a matrix, the largest first.</summary>
    /// <returns>[min(N, D)] of a matrix [N, D].</returns>
    public Tensor SingularValues() => s_singularValues.Call(this, (Tensor?)null);

    /// <summary>The natural logarithm of a square matrix's determinant; gradients flow through it.</summary>
    /// <returns>[…] of matrices […, N, N]; not a number where the determinant is negative.</returns>
    public Tensor LogDeterminant() => s_logDeterminant.Call(this);

    /// <summary>Euclidean length of all elements.</summary>
    public Tensor Norm() => s_norm.Call(this, 2.0);

    /// <summary>Euclidean length along one dimension.</summary>
    public Tensor Norm(int dim, bool keepDim = false) => s_norm.Call(this, 2.0, Value.Ints(dim), keepDim);

    /// <summary>exp(x) / Σ exp(x) along one dimension.</summary>
    public Tensor Softmax(int dim) => s_softmax.Call(this, dim);

    /// <summary>x − ln Σ exp(x) along one dimension.</summary>
    public Tensor LogSoftmax(int dim) => s_logSoftmax.Call(this, dim);

    /// <summary>ln Σ exp(x) along one dimension.</summary>
    public Tensor LogSumExp(int dim, bool keepDim = false) => s_logSumExp.Call(this, Value.Ints(dim), keepDim);
}
