using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.VicReg;

/// <summary>Variance, invariance, covariance: views agree, every number of a projection varies, and no two of them tell the same.</summary>
/// <remarks>Bardes et al. 2022, arXiv:2105.04906, with the factors of the authors' code (facebookresearch/vicreg at 4e12602): the variance
/// term is the mean of both views', not their sum as in the paper's eq. 6, and ε is inside the root, 1e-4. Departures: residual blocks do
/// not start at zero, and the head's linear layers before a norm have no bias.</remarks>
[Method("vicreg", typeof(VicRegOptions))]
public sealed class VicReg : Method
{
    private const double Epsilon = 1e-4;
    private readonly ProjectionNetwork _network;
    private readonly VicRegOptions _options;

    /// <summary>Builds the network.</summary>
    public VicReg(MethodParts parts, VicRegOptions options)
    {
        _options = options.InBounds();
        _network = Register("network", new ProjectionNetwork(parts.Encoder(), features =>
            Heads.NormedMlp(features, options.HiddenFeatures, options.HiddenLayers, options.ProjectionFeatures, HeadEnd.Unbiased)));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z1 = _network.Forward(batch.View(0)), z2 = _network.Forward(batch.View(1));              // [N, D]
        Tensor invariance = (z1 - z2).Pow(2).Mean();
        (Tensor missing1, Tensor shared1) = Regularities(Peers.Gather(z1));
        (Tensor missing2, Tensor shared2) = Regularities(Peers.Gather(z2));
        Tensor variance = (missing1 + missing2) / 2, covariance = shared1 + shared2;
        Dictionary<string, double> measures = OutputSpread.Of(z1, Peers);
        (measures["invariance"], measures["variance"], measures["covariance"]) =
            (invariance.ToDouble(), variance.ToDouble(), covariance.ToDouble());
        return new StepResult(invariance * _options.InvarianceWeight + variance * _options.VarianceWeight
            + covariance * _options.CovarianceWeight, measures);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    /// <summary>What is missing to a deviation of 1, the mean over numbers; and the sum of the squared covariances of different ones, over
    /// D.</summary>
    private static (Tensor Missing, Tensor Shared) Regularities(Tensor z)
    {
        Tensor centered = z - z.Mean([0], keepDim: true);
        Tensor covariance = MatMul(centered.T, centered) / (z.Size(0) - 1);                             // [D, D]
        Tensor variance = z.Variance([0], unbiased: true);                                              // [D], its diagonal
        Tensor missing = Relu(1 - (variance + Epsilon).Sqrt()).Mean();
        return (missing, (covariance.Pow(2).Sum() - variance.Pow(2).Sum()) / z.Size(1));
    }
}
