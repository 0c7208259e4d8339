using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.EmpSsl;

/// <summary>Many small patches of each picture: all agree with their mean, and the patches of a batch spread over as many directions as
/// they can. Meant for few epochs.</summary>
/// <remarks>Tong et al. 2023, arXiv:2304.03977, as in tsb0601/EMP-SSL at 8fc3758. Departures: the coding rate is taken of the N × N
/// products, whose determinant is that of the D × D ones; the original tests the mean features of 128 random patches behind the first
/// hidden layer, while here tests see a picture once, and <c>--features head1</c> looks behind that layer.</remarks>
[Method("emp-ssl", typeof(EmpSslOptions))]
public sealed class EmpSsl : Method
{
    private readonly ProjectionNetwork _network;
    private readonly EmpSslOptions _options;

    /// <summary>Builds the network.</summary>
    public EmpSsl(Func<Encoder> encoders, EmpSslOptions options)
    {
        _options = options.InBounds();
        Encoder encoder = encoders();
        _network = Register("network", new ProjectionNetwork(encoder, Heads.Projector(encoder.Features,
            [options.HiddenFeatures, options.HiddenFeatures], options.ProjectionFeatures, norm: true)));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override bool TakesLocalViews => true;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z = Peers.Gather(Normalize(_network.Head.Forward(MultiCrop.Features(Encoder, batch))))
            .View(batch.Views, -1, _options.ProjectionFeatures);                                    // [V, N, D]
        Tensor agreement = (z * Normalize(z.Mean([0]))).Sum(dim: 2).Mean();
        Tensor spread = CodingRate.Of(z, _options.Distortion).Mean();
        return new StepResult(-(agreement * _options.AgreementWeight + spread),
            new Dictionary<string, double> { ["agreement"] = agreement.ToDouble(), ["coding_loss"] = -spread.ToDouble() });
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}
