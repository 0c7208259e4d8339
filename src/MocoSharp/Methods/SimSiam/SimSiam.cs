using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.SimSiam;

/// <summary>Simple siamese learning: each view predicts the other one's projection, which is a constant.</summary>
/// <remarks>Chen and He 2021, arXiv:2011.10566, Algorithm 1. No negatives, no momentum network: what keeps all pictures from becoming one
/// point is the predictor and the stopped gradient; <c>spread</c> shows whether they do. Departures from the authors' code
/// (facebookresearch/simsiam at a7bc177): residual blocks do not start at zero.</remarks>
[Method("simsiam", typeof(SimSiamOptions))]
public sealed class SimSiam : Method
{
    private readonly ProjectionNetwork _network;
    private readonly Layer _predictor;
    private readonly SimSiamOptions _options;

    /// <summary>Builds network and predictor.</summary>
    public SimSiam(MethodParts parts, SimSiamOptions options)
    {
        _options = options.InBounds();
        _network = Register("network", new ProjectionNetwork(parts.Encoder(),
            features => Heads.NormedMlp(features, options.HiddenFeatures, options.HiddenLayers, options.ProjectionFeatures,
            HeadEnd.Normed)));
        _predictor = Register("predictor", Heads.NormedMlp(options.ProjectionFeatures, options.PredictorFeatures, 1,
            options.ProjectionFeatures, HeadEnd.Biased));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override bool KeepsRate(string parameter) =>
        _options.PredictorKeepsRate && parameter.StartsWith("predictor.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z1 = _network.Forward(batch.View(0)), z2 = _network.Forward(batch.View(1));              // [N, D]
        Tensor p1 = _predictor.Forward(z1), p2 = _predictor.Forward(z2);
        Tensor loss = -(MeanCosine.Of(p1, z2.Detach()) + MeanCosine.Of(p2, z1.Detach())) / 2;
        return new StepResult(loss, OutputSpread.Of(z1, Peers));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}
