using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Makes features look as if drawn evenly from [0, 1]: a discriminator tells them from such draws and learns by an Adam of its
/// own.</summary>
/// <remarks>rdevon/DIM at bac4765, models/prior_matching.py and discriminator.py (GAN measure, non-saturating loss of the encoder, gradient
/// penalty 1). All of it is saved. The discriminator's weights ask for gradients only while it learns: no other optimizer takes them, and
/// no other loss reaches them.</remarks>
internal sealed class UniformPrior : Module
{
    private static readonly int[] s_hidden = [1000, 200];
    private readonly Sequential _layers;
    private readonly Adam _optimizer;
    private readonly double _rate;

    internal UniformPrior(int features, double rate)
    {
        _rate = rate;
        _layers = Register("layers", Heads.Mlp(features, s_hidden, 1));
        _optimizer = new Adam([new ParameterGroup("discriminator", [.. _layers.Parameters()])]);
        foreach ((string name, Tensor value) in _optimizer.State) Buffer(name.Replace('.', '_'), value);
        Ask(gradients: false);
    }

    /// <summary>What the encoder is to go down from: ln 2 where the discriminator is at a loss.</summary>
    /// <param name="features">[N, D], 0 to 1; gradients flow to it.</param>
    internal Tensor EncoderLoss(Tensor features) => Softplus(-_layers.Forward(features)).Mean();

    /// <summary>What the discriminator is to go down from: 2 ln 2 plus its penalty where it is at a loss.</summary>
    /// <param name="drawn">[N, D] from the prior.</param>
    /// <param name="features">[N, D] of pictures, constants.</param>
    internal Tensor DiscriminatorLoss(Tensor drawn, Tensor features) =>
        Softplus(-_layers.Forward(drawn)).Mean() + Softplus(_layers.Forward(features)).Mean() + (Penalty(drawn) + Penalty(features)) / 2;

    /// <summary>Adds the discriminator's gradients of one batch.</summary>
    internal void Learn(Tensor drawn, Tensor features)
    {
        using TensorScope scope = TensorScope.Begin();
        Ask(gradients: true);
        DiscriminatorLoss(drawn, features).Backward();
        Ask(gradients: false);
    }

    /// <summary>One update from the gradients since the last one.</summary>
    internal void Update() => _optimizer.Update(_rate);

    protected override void OnMoved(Device device) => _optimizer.MoveTo(device);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _optimizer.Dispose();
    }

    /// <summary>The mean squared length of the score's gradient by its input, with a graph of its own: ReLU's slopes are constants almost
    /// everywhere.</summary>
    /// <remarks>Mescheder et al. 2018, arXiv:1801.04406, eq. 9 and 10.</remarks>
    private Tensor Penalty(Tensor x)
    {
        Linear[] linear = [.. _layers.OfType<Linear>()];
        Tensor[] slopes = new Tensor[linear.Length - 1];
        for (int i = 0; i < slopes.Length; i++)
        {
            x = Relu(linear[i].Forward(x)).Detach();
            slopes[i] = x.Sign();                                      // [N, H]: 1 where the unit is on
        }
        Tensor gradient = linear[^1].Weight;                           // [1, H], then [N, …] from the score down to the input
        for (int i = slopes.Length - 1; i >= 0; i--) gradient = MatMul(gradient * slopes[i], linear[i].Weight);
        return gradient.Pow(2).Sum() / x.Size(0);
    }

    private void Ask(bool gradients)
    {
        foreach ((_, Tensor value) in _layers.Parameters()) value.RequiresGrad = gradients;
    }
}
