namespace MocoSharp.Torch.Layers;

/// <summary>Self-attention of several heads: each token becomes a mean of all tokens' values, weighted by how well its query fits their
/// keys. [N, T, D] to [N, T, D].</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762. Queries, keys and values come from one linear layer, <c>qkv</c>, as in timm.</remarks>
public sealed class SelfAttention : Layer
{
    private readonly Linear _all, _out;
    private readonly int _heads;

    /// <summary>Makes one.</summary>
    /// <param name="features">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Parts of a token that look for other tokens by themselves.</param>
    public SelfAttention(int features, int heads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features % heads, 0, nameof(heads));
        _heads = heads;
        _all = Register("qkv", new Linear(features, 3 * features));
        _out = Register("proj", new Linear(features, features));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x)
    {
        (long batch, long tokens, long features) = (x.Size(0), x.Size(1), x.Size(2));
        long each = features / _heads;
        Tensor all = _all.Forward(x).View(batch, tokens, 3, _heads, each).Permute(2, 0, 3, 1, 4);      // [3, N, heads, T, D / heads]
        Tensor Part(int part) => all.Narrow(0, part, 1).Squeeze(0);
        Tensor weights = (Part(0) * (1 / Math.Sqrt(each))).MatMul(Part(1).T).Softmax(-1);               // [N, heads, T, T]
        return _out.Forward(weights.MatMul(Part(2)).Transpose(1, 2).Reshape(batch, tokens, features));
    }
}
