using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>The adversary of context encoders: tells restored pictures from real ones, and learns by an Adam of its own.</summary>
/// <remarks>The discriminator of Radford et al. 2015, arXiv:1511.06434, as Pathak et al. 2016 take it: 4×4 convolutions of stride 2, leaky
/// ReLU, batch norm behind all but the first. Its last layer scores each place of the last map (46 pixels of the picture wide), as in Isola
/// et al. 2016, arXiv:1611.07004, since views may have any size. Its weights ask for gradients only while it learns: no other
/// optimizer takes them, and no other loss reaches them. All of it is saved.</remarks>
internal sealed class PictureCritic : Module
{
    /// <summary>The smallest side that leaves a place to score.</summary>
    internal const int SmallestSide = 16;

    private const double Deviation = 0.02, FirstBeta = 0.5;          // of starting weights, and of Adam's mean: the paper's
    private static readonly int[] s_channels = [64, 128, 256, 512];
    private readonly Conv2d[] _convolutions;
    private readonly BatchNorm2d[] _norms;
    private readonly Conv2d _score;
    private readonly Adam _optimizer;
    private readonly double _rate;

    internal PictureCritic(int channels, double rate)
    {
        _rate = rate;
        _convolutions = new Conv2d[s_channels.Length];
        _norms = new BatchNorm2d[s_channels.Length - 1];
        for (int i = 0; i < s_channels.Length; i++)
        {
            int inputs = i == 0 ? channels : s_channels[i - 1];
            _convolutions[i] = Register($"conv{i}", new Conv2d(inputs, s_channels[i], 4, stride: 2, padding: 1, bias: i == 0));
            if (i > 0) _norms[i - 1] = Register($"bn{i}", new BatchNorm2d(s_channels[i]));
        }
        _score = Register("score", new Conv2d(s_channels[^1], 1, 1));
        using (GradMode off = GradMode.Off())
            foreach (Conv2d convolution in _convolutions.Append(_score)) convolution.Weight.NormalInPlace(0, Deviation);
        _optimizer = new Adam([new ParameterGroup("critic", [.. Parameters()])], FirstBeta);
        foreach ((string name, Tensor value) in _optimizer.State) Buffer(name.Replace('.', '_'), value);
        Ask(gradients: false);
    }

    /// <summary>What who restores is to go down from: ln 2 where the critic is at a loss.</summary>
    /// <param name="restored">[N, C, H, W], sides of <see cref="SmallestSide"/> or more; gradients flow to it.</param>
    internal Tensor RestorerLoss(Tensor restored) => Softplus(-Scores(restored)).Mean();

    /// <summary>What the critic is to go down from: 2 ln 2 where it is at a loss.</summary>
    /// <param name="restored">[N, C, H, W], constants.</param>
    /// <param name="real">Likewise, as they should be.</param>
    internal Tensor Loss(Tensor restored, Tensor real) => Softplus(-Scores(real)).Mean() + Softplus(Scores(restored)).Mean();

    /// <summary>Adds the critic's gradients of one batch.</summary>
    internal void Learn(RestoredPictures pictures)
    {
        using TensorScope scope = TensorScope.Begin();
        Ask(gradients: true);
        Loss(pictures.Restored, pictures.Real).Backward();
        Ask(gradients: false);
    }

    /// <summary>One update from the gradients since the last one, over ranks from their mean.</summary>
    internal void Update()
    {
        if (Peers.Count > 1) ShareGradients();
        _optimizer.Update(_rate);
    }

    protected override void OnMoved(Device device) => _optimizer.MoveTo(device);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _optimizer.Dispose();
    }

    /// <summary>[N, 1, h, w]: above zero where a place looks real.</summary>
    private Tensor Scores(Tensor pictures)
    {
        Tensor x = pictures.Contiguous(MemoryFormat.ChannelsLast);
        for (int i = 0; i < _convolutions.Length; i++)
        {
            x = _convolutions[i].Forward(x);
            x = LeakyRelu.Of(i == 0 ? x : _norms[i - 1].Forward(x));
        }
        return _score.Forward(x);
    }

    private void ShareGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        foreach ((_, Tensor value) in Parameters())
            if (value.Grad is { } gradient) gradient.CopyFrom(Peers.Mean(gradient));
    }

    private void Ask(bool gradients)
    {
        foreach ((_, Tensor value) in Parameters()) value.RequiresGrad = gradients;
    }
}
