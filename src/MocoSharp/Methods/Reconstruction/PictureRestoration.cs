using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>What methods share that restore pictures: an encoder, and a decoder back to the picture.</summary>
public abstract class PictureRestoration : Method
{
    /// <summary>The measure of how much of the pictures' variance was restored: 1 for all, 0 for what their mean color gives.</summary>
    internal const string Explained = "explained";

    private readonly Encoder _encoder;
    private readonly MapDecoder _decoder;

    private protected PictureRestoration(Func<Encoder> encoders)
    {
        _encoder = Register("encoder", encoders());
        try
        {
            _decoder = Register("decoder", new MapDecoder(_encoder, stride: 1, _encoder.Options.Channels));
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
    public sealed override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>Damaged pictures through the encoder and back: [N, C, H, W], fp32 or fp64.</summary>
    private protected Tensor Restore(Tensor damaged) => _decoder.Decode(damaged);

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
