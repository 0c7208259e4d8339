using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>Deep InfoMax: a picture's features must tell each place of its own map from places of other pictures.</summary>
/// <remarks>Hjelm et al. 2018, arXiv:1808.06670, eq. 8, with the scores of the authors' code (rdevon/DIM at bac4765): inner products of
/// both sides, each brought into the space of scores by a network of its own. Departures: the bound of Donsker and Varadhan is summed
/// exactly, without the code's 1e-6; with accumulated gradients the discriminator sums over batches, which its Adam does not tell from
/// their mean.</remarks>
[Method("dim", typeof(DeepInfoMaxOptions))]
public sealed class DeepInfoMax : Method<DeepInfoMaxStep>
{
    private const int Fine = 1 << 24;                    // steps of the prior's draws: as fine as fp32 is near 1
    private readonly Encoder _encoder;
    private readonly EncoderStage _stage;
    private readonly Sequential _head;
    private readonly Layer? _local, _localWhole, _global, _globalWhole;
    private readonly UniformPrior? _prior;
    private readonly DeepInfoMaxOptions _options;
    private readonly int _batch;

    /// <summary>Builds the encoder, its last layer and the networks that compare.</summary>
    /// <exception cref="OptionException">The encoder has no stage <see cref="DeepInfoMaxOptions.LocalStage"/>, or its map is too small for
    /// the global objective.</exception>
    public DeepInfoMax(MethodParts parts, DeepInfoMaxOptions options)
    {
        (_options, _batch) = (options.Checked(), parts.Batch);
        _encoder = Register("encoder", parts.Encoder());
        try
        {
            _stage = StageOf(_encoder, options.LocalStage);
            _head = Register("head", Heads.Mlp(_encoder.Features, [], options.Features));
            if (options.LocalWeight > 0)
            {
                _local = Register("local", new ScoreNetwork(_stage.Channels, options.Units));
                _localWhole = Register("local_whole", new ScoreNetwork(options.Features, options.Units));
            }
            if (options.GlobalWeight > 0)
            {
                _global = Register("global", new MapSummary(_stage.Channels, Side / _stage.Stride, options.Units));
                _globalWhole = Register("global_whole", new Linear(options.Features, options.Units));
            }
            if (options.PriorWeight > 0) _prior = Register("prior", new UniformPrior(options.Features, options.DiscriminatorRate));
        }
        catch
        {
            Dispose();          // what does not fit shows when parts of it are there already
            throw;
        }
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override Layer? Head => _head;

    /// <summary>What holds features to the prior; null where the objective is left out.</summary>
    internal UniformPrior? Prior => _prior;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch < 2 || IsPlacesUnknown ? null
        : _options.GlobalWeight * InformationLoss.Chance(_options.Bound, _batch, 1)
        + _options.LocalWeight * InformationLoss.Chance(_options.Bound, _batch, Places)
        + _options.PriorWeight * Math.Log(2);

    // InfoNCE's chance depends on the number of places of the local map, which follows from the pictures' side
    private bool IsPlacesUnknown => _options.Bound == InformationBound.InfoNce && _options.LocalWeight > 0 && KnownSide is null;

    private int Places => KnownSide is { } side ? side / _stage.Stride * (side / _stage.Stride) : 1;

    private int? KnownSide => _options.Side ?? (_encoder.Options as SizedEncoderOptions)?.Side;

    private int Side => KnownSide ?? throw new OptionException(nameof(DeepInfoMaxOptions.Side), null,
        $"and the global objective has to know it, for encoder {_encoder.Options.Name} takes pictures of any size",
        fix: "set method.side to the views' side in pixels");

    /// <inheritdoc/>
    public override DeepInfoMaxStep Step(Batch batch)
    {
        Encoding seen = _encoder.Encode(batch.View(0), _stage.Name);
        Tensor map = seen.Maps[_stage.Name], whole = _head.Forward(seen.Features);             // [N, C, S, S], [N, Y]
        Tensor loss = Tensor.Zeros([], whole.DType, whole.Device);
        if (_local is not null)
            loss += InformationLoss.Of(Peers.Gather(Spread(_local, map)), Peers.Gather(_localWhole!.Forward(whole)), _options.Bound)
                * _options.LocalWeight;
        if (_global is not null)
            loss += InformationLoss.Of(Peers.Gather(_global.Forward(map)).Unsqueeze(1), Peers.Gather(_globalWhole!.Forward(whole)),
                _options.Bound)
                * _options.GlobalWeight;
        if (_prior is null) return new DeepInfoMaxStep(loss);
        Tensor features = Sigmoid(whole);
        loss += _prior.EncoderLoss(features) * _options.PriorWeight;
        return new DeepInfoMaxStep(loss, new PriorMatch(features.Detach(), Drawn(batch, features)));
    }

    /// <inheritdoc/>
    protected override void Remember(DeepInfoMaxStep step)
    {
        if (step.Match is { } match) _prior!.Learn(Peers.Gather(match.Drawn), Peers.Gather(match.Features));
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _prior?.Update();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_head.Forward(_encoder.Forward(pictures)));

    /// <summary>Each place of each picture through a network of rows: [N, C, S, S] to [N, S·S, U].</summary>
    private static Tensor Spread(Layer network, Tensor map)
    {
        Tensor places = map.Permute(0, 2, 3, 1).Reshape(-1, map.Size(1));
        return network.Forward(places).View(map.Size(0), map.Size(2) * map.Size(3), -1);
    }

    private static Tensor Drawn(Batch batch, Tensor like) =>
        Tensor.From([.. batch.Noise(use: 0, (int)like.Size(1), Fine).Select(static step => (float)step / Fine)], like.Shape).To(like.DType)
            .To(like.Device);

    private static EncoderStage StageOf(Encoder encoder, string? name)
    {
        if (name is null) return encoder.Stages[^Math.Min(2, encoder.Stages.Count)];
        return encoder.Stages.FirstOrDefault(stage => stage.Name == name)
            ?? throw new OptionException(nameof(DeepInfoMaxOptions.LocalStage), name,
            $"and encoder {encoder.Options.Name} has no such stage",
            fix: $"set localStage to one of {string.Join(", ", encoder.Stages.Select(static stage => stage.Name))}");
    }
}

/// <summary>A step from which the prior's discriminator learns too.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Match">What the discriminator is to tell apart; null without a prior.</param>
public sealed record DeepInfoMaxStep(Tensor Loss, PriorMatch? Match = null) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Match is null ? [Loss] : [Loss, Match.Features, Match.Drawn];
}

/// <summary>Features, and as many numbers drawn from the prior.</summary>
/// <param name="Features">[N, Y] within 0 to 1, constants.</param>
/// <param name="Drawn">[N, Y] within 0 to 1.</param>
public sealed record PriorMatch(Tensor Features, Tensor Drawn);
