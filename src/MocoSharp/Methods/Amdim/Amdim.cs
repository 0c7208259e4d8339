using MocoSharp.Encoders;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Amdim;

/// <summary>Augmented multiscale Deep InfoMax: the features of one view, and a place of its 5×5 map, must tell the places of the other
/// view's maps from those of other pictures.</summary>
/// <remarks>Bachman et al. 2019, arXiv:1906.00910, as in Philip-Bachman/amdim-public at 8754ae1: predictions 1→5, 1→7 and 5→5 in both
/// directions, each direction counted half. The source of 5→5 is one random place a picture and view. Departures: the original's online
/// classifiers are this toolkit's probe (<c>probe</c> in the recipe), and its optional batch norm within the encoder is not
/// built.</remarks>
[Method("amdim", typeof(AmdimOptions))]
public sealed class Amdim : Method
{
    private const int Five = 5 * 5, Seven = 7 * 7;
    private readonly AmdimEncoder _encoder;
    private readonly ScaleEmbedding _five, _seven;
    private readonly AmdimOptions _options;
    private readonly int _batch;

    /// <summary>Builds the encoder and the embeddings of its maps; its features are in the space of scores as they are.</summary>
    /// <exception cref="OptionException">The encoder is not <c>amdim</c>.</exception>
    public Amdim(MethodParts parts, AmdimOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        Encoder encoder = Register("encoder", parts.Encoder());
        if (encoder is not AmdimEncoder own)
        {
            Dispose();
            throw new OptionException("encoder.name", parts.Options.Name,
                "and this method compares maps of 7×7 and 5×5 places without padding", fix: "set encoder.name to amdim");
        }
        _encoder = own;
        _five = Register("five", new ScaleEmbedding(ChannelsOf(AmdimEncoder.Five), own.Features));
        _seven = Register("seven", new ScaleEmbedding(ChannelsOf(AmdimEncoder.Seven), own.Features));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch < 2 ? null : 2 * ScaleScore.Chance(_batch, Five) + ScaleScore.Chance(_batch, Seven);

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        (Tensor One, Tensor Five, Tensor Seven) first = Scales(batch.View(0)), second = Scales(batch.View(1));
        Tensor place1 = Place(first.Five, batch, view: 0), place2 = Place(second.Five, batch, view: 1);
        (Tensor Source, Tensor Target)[] pairs =
        [
            (first.One, second.Five), (second.One, first.Five),
            (first.One, second.Seven), (second.One, first.Seven),
            (place1, second.Five), (place2, first.Five),
        ];
        Tensor loss = Tensor.Zeros([], first.One.DType, first.One.Device);
        foreach ((Tensor source, Tensor target) in pairs)
        {
            (Tensor told, Tensor square) = ScaleScore.Of(Peers.Gather(source), Peers.Gather(target), _options.Clip);
            loss += (told + square * _options.Regularization) / 2;
        }
        return new StepResult(loss);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>[N, D], [N, 25, D], [N, 49, D].</summary>
    private (Tensor One, Tensor Five, Tensor Seven) Scales(Tensor pictures)
    {
        Encoding seen = _encoder.Encode(pictures, AmdimEncoder.Five, AmdimEncoder.Seven);
        return (seen.Features, _five.Forward(seen.Maps[AmdimEncoder.Five]), _seven.Forward(seen.Maps[AmdimEncoder.Seven]));
    }

    /// <summary>One random place a picture: [N, 25, D] to [N, D].</summary>
    private static Tensor Place(Tensor map, Batch batch, int view)
    {
        long[] rows = [.. batch.Noise(use: view, 1, Five).Select(static (place, picture) => (long)picture * Five + place)];
        return map.Reshape(-1, map.Size(2)).IndexSelect(0, Tensor.From(rows).To(map.Device));
    }

    private int ChannelsOf(string stage) => _encoder.Stages.Single(found => found.Name == stage).Channels;
}
