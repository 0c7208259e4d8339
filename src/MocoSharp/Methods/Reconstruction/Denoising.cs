using MocoSharp.Encoders;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>Denoising autoencoder: from a damaged picture to the picture.</summary>
/// <remarks>Vincent et al. 2008, "Extracting and Composing Robust Features with Denoising Autoencoders", with masking noise; Gaussian noise
/// as in Vincent et al. 2010. Departures: one convolutional network instead of stacked layers, squared error of normalized pixels instead
/// of cross-entropy; the paper has no adversary.</remarks>
/// <param name="encoders">Makes the encoder.</param>
/// <param name="options">Settings.</param>
/// <exception cref="OptionException">The encoder's last map cannot be doubled up to the picture.</exception>
[Method("denoising", typeof(DenoisingOptions))]
public sealed class Denoising(Func<Encoder> encoders, DenoisingOptions options)
    : PictureRestoration(encoders, options.AdversarialWeight, options.CriticRate)
{
    private const int Fine = 1 << 24, MaskDraw = 0, FirstNoiseDraw = 1, SecondNoiseDraw = 2;
    private readonly DenoisingOptions _options = options.Checked();          // before there is an encoder

    /// <inheritdoc/>
    public override RestorationStep Step(Batch batch)
    {
        Tensor picture = AtLeastFloat32(batch.View(0));
        Tensor restored = Restore(Damaged(batch, picture).To(batch.View(0).DType).Contiguous(MemoryFormat.ChannelsLast));
        return Judged(restored, picture, where: null, () => restored);
    }

    /// <summary>A picture with Gaussian noise, and then some of its numbers 0.</summary>
    internal Tensor Damaged(Batch batch, Tensor picture)
    {
        int each = (int)(picture.ElementCount / batch.Count);
        Tensor damaged = picture;
        if (_options.Sigma > 0)
        {
            long[] first = batch.Noise(FirstNoiseDraw, each, Fine), second = batch.Noise(SecondNoiseDraw, each, Fine);
            damaged += Like([.. first.Zip(second, (one, other) => (float)(_options.Sigma * Gaussian(one, other)))]);
        }
        if (_options.Masked > 0)
            damaged *= Like([.. batch.Noise(MaskDraw, each, Fine).Select(drawn => drawn < _options.Masked * Fine ? 0f : 1f)]);
        return damaged;

        Tensor Like(float[] values) => Tensor.From(values, picture.Shape).To(picture.DType).To(picture.Device);
    }

    // Box and Muller
    private static double Gaussian(long first, long second) =>
        Math.Sqrt(-2 * Math.Log((first + 1.0) / Fine)) * Math.Cos(2 * Math.PI * second / Fine);
}
