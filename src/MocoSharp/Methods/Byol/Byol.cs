using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Byol;

/// <summary>Bootstrap your own latent: each view predicts what a slowly following network makes of the other one.</summary>
/// <remarks>Grill et al. 2020, arXiv:2006.07733, eq. 2, both directions added: 4 − 2 cos − 2 cos. The target network is in training mode,
/// so its batch norm takes the batch's statistics; only its parameters follow. Departures from the authors' code (deepmind-research/byol at
/// 4822a45): the target starts equal to the online network instead of from other random weights, and the label probe, whose gradient does
/// not reach the network there, is the recipe's (<c>probe</c>).</remarks>
[Method("byol", typeof(ByolOptions))]
public sealed class Byol : Method
{
    private readonly ProjectionNetwork _online, _target;
    private readonly Layer _predictor;
    private readonly MomentumPair _pair;
    private readonly ByolOptions _options;

    /// <summary>Builds both networks and the predictor.</summary>
    public Byol(MethodParts parts, ByolOptions options)
    {
        _options = options.InBounds();
        _online = Register("online", new ProjectionNetwork(parts.Encoder(), Projector));
        _target = Register("target", new ProjectionNetwork(parts.Encoder(), Projector));
        _predictor = Register("predictor", Heads.NormedMlp(options.ProjectionFeatures, options.PredictorFeatures, 1,
            options.ProjectionFeatures, HeadEnd.Unbiased));
        _pair = new MomentumPair(leader: _online, follower: _target);
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _online.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _online.Head;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor t1 = NoGrad(() => _target.Forward(batch.View(0))), t2 = NoGrad(() => _target.Forward(batch.View(1)));      // [N, D]
        Tensor z1 = _online.Forward(batch.View(0)), z2 = _online.Forward(batch.View(1));
        Tensor agreement = MeanCosine.Of(_predictor.Forward(z1), t2) + MeanCosine.Of(_predictor.Forward(z2), t1);
        return new StepResult(4 - 2 * agreement, OutputSpread.Of(z1, Peers));
    }

    /// <inheritdoc/>
    // the schedule counts the updates before this one
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.TargetMomentum, clock with { Step = clock.Step - 1 });

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_online.Forward(pictures));

    private Sequential Projector(int features) =>
        Heads.NormedMlp(features, _options.HiddenFeatures, 1, _options.ProjectionFeatures, HeadEnd.Unbiased);
}
