using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>What methods share that restore pictures: an encoder, and a decoder back to the picture.</summary>
/// <remarks>With an adversary the loss is (1 - λ) · squared error + λ · the adversary's, as in Pathak et al. 2016, eq. 3.</remarks>
public abstract class PictureRestoration : Method<RestorationStep>
{
    /// <summary>The measure of how much of the pictures' variance was restored: 1 for all, 0 for what their mean color gives.</summary>
    internal const string Explained = "explained";

    private readonly Encoder _encoder;
    private readonly MapDecoder _decoder;
    private readonly PictureCritic? _critic;
    private readonly double _adversarialWeight;

    private protected PictureRestoration(Func<Encoder> encoders, double adversarialWeight, double criticRate)
    {
        _adversarialWeight = adversarialWeight;
        _encoder = Register("encoder", encoders());
        try
        {
            _decoder = Register("decoder", new MapDecoder(_encoder, stride: 1, _encoder.Options.Channels));
            if (adversarialWeight > 0) _critic = Register("critic", new PictureCritic(_encoder.Options.Channels, criticRate));
        }
        catch
        {
            Dispose();          // what does not fit shows when parts of it are there already
            throw;
        }
    }

    /// <inheritdoc/>
    public sealed override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public sealed override int Views => 1;

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
        int side = views[0].Output(channels).ShorterSide;
        if (_critic is not null && side < PictureCritic.SmallestSide)
            throw new OptionException("adversarialWeight", _adversarialWeight,
                $"and views of {side} pixels are too small for the adversary",
                fix: $"set it to 0, or make views of {PictureCritic.SmallestSide} pixels or more");
    }

    /// <inheritdoc/>
    protected override void Remember(RestorationStep step)
    {
        if (step.Pictures is { } pictures) _critic!.Learn(pictures);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _critic?.Update();

    /// <inheritdoc/>
    public sealed override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>Damaged pictures through the encoder and back: [N, C, H, W], fp32 or fp64.</summary>
    private protected Tensor Restore(Tensor damaged) => _decoder.Decode(damaged);

    /// <summary>The loss of restored pictures.</summary>
    /// <param name="restored">[N, C, H, W].</param>
    /// <param name="picture">As it should be.</param>
    /// <param name="where">How much each pixel counts, [H, W] or [N, 1, H, W]; null for all alike.</param>
    /// <param name="whole">What the adversary is shown of the restored pictures.</param>
    private protected RestorationStep Judged(Tensor restored, Tensor picture, Tensor? where, Func<Tensor> whole)
    {
        StepResult compared = Compared(restored, picture, where);
        if (_critic is null) return new RestorationStep(compared.Loss, compared.Measures);
        Tensor shown = whole();
        Tensor loss = compared.Loss * (1 - _adversarialWeight) + _critic.RestorerLoss(shown) * _adversarialWeight;
        return new RestorationStep(loss, compared.Measures, new RestoredPictures(shown.Detach(), picture));
    }

    /// <summary>The mean squared error where it counts.</summary>
    /// <param name="restored">[N, C, H, W].</param>
    /// <param name="picture">As it should be.</param>
    /// <param name="where">How much each pixel counts, [H, W] or [N, 1, H, W]; null for all alike.</param>
    internal static StepResult Compared(Tensor restored, Tensor picture, Tensor? where)
    {
        Tensor counts = (where ?? Tensor.Full([1], 1, picture.DType).To(picture.Device)).Expand(picture.Shape);
        Tensor error = ((restored - picture).Pow(2) * counts).Sum() / counts.Sum();
        Tensor mean = (picture * counts).Sum([0, 2, 3], keepDim: true) / counts.Sum([0, 2, 3], keepDim: true);
        double spread = (((picture - mean).Pow(2) * counts).Sum() / counts.Sum()).ToDouble();
        Dictionary<string, double> measures = spread > 0 ? new() { [Explained] = 1 - error.Detach().ToDouble() / spread } : [];
        return new StepResult(error, measures);
    }
}

/// <summary>A step from which the adversary learns too.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Measures">The batch's own numbers by name.</param>
/// <param name="Pictures">What the adversary is to tell apart; null without one.</param>
public sealed record RestorationStep(Tensor Loss, IReadOnlyDictionary<string, double>? Measures = null, RestoredPictures? Pictures = null)
    : StepResult(Loss, Measures)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Pictures is null ? [Loss] : [Loss, Pictures.Restored, Pictures.Real];
}

/// <summary>Restored pictures, and the same as they should be.</summary>
/// <param name="Restored">[N, C, H, W], constants.</param>
/// <param name="Real">[N, C, H, W].</param>
public sealed record RestoredPictures(Tensor Restored, Tensor Real);
