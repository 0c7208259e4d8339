using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace OwnMethod;

/// <summary>Settings of <see cref="SimSiam"/>.</summary>
/// <param name="ProjectionFeatures">D.</param>
/// <param name="HiddenFeatures">Width of the predictor's bottleneck.</param>
public sealed record SimSiamOptions(int ProjectionFeatures = 2048, int HiddenFeatures = 512) : MethodOptions;

/// <summary>Simple siamese learning: each view predicts the other one, whose side gets no gradient.</summary>
/// <remarks>Chen and He 2021, arXiv:2011.10566, algorithm 1.</remarks>
[Method("simsiam", typeof(SimSiamOptions))]
public sealed class SimSiam : Method
{
    private readonly ProjectionNetwork _network;
    private readonly Layer _predictor;

    public SimSiam(MethodParts parts, SimSiamOptions options)
    {
        Encoder encoder = parts.Encoder();
        int features = options.ProjectionFeatures;
        Layer head = Heads.Projector(encoder.Features, [features, features], features, norm: true, lastNorm: true);
        _network = Register("network", new ProjectionNetwork(encoder, head));
        _predictor = Register("predictor", Heads.Projector(features, [options.HiddenFeatures], features, norm: true));
    }

    public override Encoder Encoder => _network.Encoder;

    public override double? ChanceLoss => 0;

    public override StepResult Step(Batch batch)
    {
        Tensor z1 = _network.Forward(batch.View(0)), z2 = _network.Forward(batch.View(1));      // [N, D]
        Tensor loss = (Distance(_predictor.Forward(z1), z2) + Distance(_predictor.Forward(z2), z1)) / 2;
        return new StepResult(loss);
    }

    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    /// <summary>−cos, the mean over the batch; z is a constant.</summary>
    private static Tensor Distance(Tensor p, Tensor z) => -(Normalize(p) * Normalize(z.Detach())).Sum(dim: 1).Mean();
}
