using System.Numerics;
using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>From an encoder's last map back towards the picture: each step doubles the sides by repeating places and halves the channels,
/// a 3×3 convolution with batch norm and ReLU; a 1×1 convolution ends it.</summary>
/// <remarks>Repeating and convolving leaves no pattern of squares, as transposed convolutions do: Odena et al. 2016,
/// distill.pub/2016/deconv-checkerboard.</remarks>
internal sealed class MapDecoder : Layer
{
    private const int FewestChannels = 32;
    private readonly ConvNorm[] _steps;
    private readonly Conv2d _last;
    private readonly Encoder _encoder;

    /// <param name="encoder">Whose last map is decoded.</param>
    /// <param name="stride">Pixels of the picture a step on the result; 1 for the picture's own size.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <exception cref="OptionException">No number of doublings leads from the encoder's map to this stride.</exception>
    internal MapDecoder(Encoder encoder, int stride, int outputs)
    {
        _encoder = encoder;
        int from = encoder.Stages[^1].Stride, channels = encoder.Stages[^1].Channels;
        if (from < stride || from % stride != 0 || !BitOperations.IsPow2(from / stride))
            throw new OptionException("encoder.name", encoder.Options.Name,
                $"whose last map has a step of {from} pixels, and doublings lead from there to no step of {stride}",
                fix: "choose an encoder whose steps are powers of two, such as resnet18-small");
        _steps = new ConvNorm[BitOperations.Log2((uint)(from / stride))];
        for (int i = 0; i < _steps.Length; i++)
        {
            int fewer = Math.Max(FewestChannels, channels / 2);
            _steps[i] = new ConvNorm(Register($"conv{i}", new Conv2d(channels, fewer, 3, padding: 1, bias: false)),
                Register($"bn{i}", new BatchNorm2d(fewer)));
            channels = fewer;
        }
        _last = Register("last", new Conv2d(channels, outputs, 1));
    }

    /// <summary>Pictures through the encoder and back.</summary>
    /// <param name="pictures">[N, C, H, W]; both sides are multiples of the encoder's last stride.</param>
    /// <returns>[N, outputs, H / stride, W / stride], fp32 or fp64.</returns>
    internal Tensor Decode(Tensor pictures)
    {
        (string last, int step) = (_encoder.Stages[^1].Name, _encoder.Stages[^1].Stride);
        if (pictures.Size(2) % step != 0 || pictures.Size(3) % step != 0)
            throw new OptionException("views", $"of {pictures.Size(3)}×{pictures.Size(2)} pixels",
                $"and encoder {_encoder.Options.Name} goes on in steps of {step}", fix: $"make the views' side a multiple of {step}");
        return Functional.AtLeastFloat32(Forward(_encoder.Encode(pictures, last).Maps[last]));
    }

    protected override Tensor Compute(Tensor x)
    {
        foreach (ConvNorm step in _steps) x = step.ForwardRelu(Doubled(x));
        return _last.Forward(x);
    }

    /// <summary>Each place four times: [N, C, h, w] to [N, C, 2h, 2w], channels_last.</summary>
    private static Tensor Doubled(Tensor x)
    {
        (long n, long channels, long height, long width) = (x.Size(0), x.Size(1), x.Size(2), x.Size(3));
        Tensor places = x.Permute(0, 2, 3, 1).Reshape(n, height, 1, width, 1, channels).Expand(-1, -1, 2, -1, 2, -1);
        return places.Reshape(n, 2 * height, 2 * width, channels).Permute(0, 3, 1, 2);
    }
}
