using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.LeJepa;

/// <summary>Predict the mean of the global views from every view, and keep the projections of each view in the shape of a standard normal
/// distribution: no teacher, no predictor, no negatives.</summary>
/// <remarks>Balestriero and LeCun 2025, arXiv:2511.08544, sections 4 and 5, as in MINIMAL.md and lejepa/ of rbalestr-lab/lejepa at eddffdd.
/// Gradients flow through the mean. Departure: no linear layer of 512 between encoder and projector, since features are handed out as the
/// encoder gives them.</remarks>
[Method("lejepa", typeof(LeJepaOptions))]
public sealed class LeJepa : Method
{
    private readonly ProjectionNetwork _network;
    private readonly LeJepaOptions _options;
    private readonly EppsPulley _test;

    /// <summary>Builds the network.</summary>
    public LeJepa(Func<Encoder> encoders, LeJepaOptions options)
    {
        _options = options.InBounds();
        Encoder encoder = encoders();
        _network = Register("network", new ProjectionNetwork(encoder, Heads.Projector(encoder.Features,
            [options.HiddenFeatures, options.HiddenFeatures], options.ProjectionFeatures, norm: true)));
        _test = new EppsPulley(options.Knots, options.Reach);
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override int Views => _options.GlobalViews;

    /// <inheritdoc/>
    public override bool TakesLocalViews => true;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        int dimensions = _options.ProjectionFeatures;
        Tensor z = Peers.Gather(_network.Head.Forward(MultiCrop.Features(Encoder, batch))).View(batch.Views, -1, dimensions); // [V, N, D]
        Tensor distance = z - z.Narrow(0, 0, Views).Mean([0], keepDim: true);
        Tensor invariance = (distance * distance).Mean();
        Tensor normality = _test.Statistic(z.MatMul(Directions(batch, z))).Mean();
        return new StepResult(invariance * (1 - _options.NormalityWeight) + normality * _options.NormalityWeight,
            new Dictionary<string, double> { ["invariance_loss"] = invariance.ToDouble(), ["normality_loss"] = normality.ToDouble() });
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    /// <summary>Directions of unit length, [D, M], others for each batch.</summary>
    private Tensor Directions(Batch batch, Tensor like)
    {
        int dimensions = _options.ProjectionFeatures, count = _options.Directions;
        Tensor drawn = Tensor.From(batch.Normals(use: 0, dimensions * count), dimensions, count).To(like.DType).To(like.Device);
        return drawn / drawn.Norm(dim: 0, keepDim: true);
    }
}
