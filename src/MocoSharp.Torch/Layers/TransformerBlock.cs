namespace MocoSharp.Torch.Layers;

/// <summary>One block of a transformer: attention, then a network of two layers for each token by itself, each behind a layer norm and
/// beside a shortcut. [N, T, D] to [N, T, D].</summary>
/// <remarks>Dosovitskiy et al. 2020, arXiv:2010.11929, eq. 2 and 3; names are timm's. The shortcut's sums are in the input's element
/// type.</remarks>
public sealed class TransformerBlock : Layer
{
    /// <summary>ε of the layer norms.</summary>
    public const double Epsilon = 1e-6;

    private readonly LayerNorm _norm1, _norm2;
    private readonly SelfAttention _attention;
    private readonly Mlp _mlp;

    /// <summary>Makes one.</summary>
    /// <param name="features">D.</param>
    /// <param name="heads">Heads of the attention; they divide D.</param>
    /// <param name="hidden">Features between the two layers; 4 D in all vision transformers of the paper.</param>
    public TransformerBlock(int features, int heads, int hidden)
    {
        _norm1 = Register("norm1", new LayerNorm(features, Epsilon));
        _attention = Register("attn", new SelfAttention(features, heads));
        _norm2 = Register("norm2", new LayerNorm(features, Epsilon));
        _mlp = Register("mlp", new Mlp(features, hidden));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x)
    {
        x += _attention.Forward(_norm1.Forward(x).To(x.DType));
        return x + _mlp.Forward(_norm2.Forward(x).To(x.DType));
    }

    private sealed class Mlp : Layer
    {
        private readonly Linear _first, _second;

        internal Mlp(int features, int hidden)
        {
            _first = Register("fc1", new Linear(features, hidden));
            _second = Register("fc2", new Linear(hidden, features));
        }

        protected override Tensor Compute(Tensor x) => _second.Forward(Functional.Gelu(_first.Forward(x)));
    }
}
