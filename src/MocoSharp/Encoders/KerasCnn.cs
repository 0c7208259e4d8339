using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>The encoder of Keras' NNCLR example: four 3×3 convolutions of stride 2 without padding, then one dense layer over the flattened
/// map.</summary>
/// <remarks>keras-io examples/vision/nnclr.py at 02ad465. It depends on the pictures' side: 96 becomes 47, 23, 11 and 5; 856,064 weights
/// for RGB. Weights start as Keras' do. Works with <see cref="Pooling.Average"/> alone, which it has no use for.</remarks>
public sealed class KerasCnn : Encoder
{
    private const int Width = 128, Convolutions = 4, Smallest = 31;      // the last map of a smaller picture would be empty
    private readonly Linear _dense;
    private readonly int _features;

    private KerasCnn(SizedEncoderOptions options) : base(options)
    {
        OptionException.Require(options.Side >= Smallest, "side", options.Side, $"{Smallest} pixels or more for this encoder");
        int width = Math.Max(1, (int)Math.Round(Width * options.Width)), inputs = options.Channels, side = options.Side;
        for (int i = 1; i <= Convolutions; i++)
        {
            Conv2d conv = Register($"conv{i}", new Conv2d(inputs, width, 3, stride: 2));
            Start(conv);
            AddStage($"conv{i}", width, 1 << i, x => Functional.Relu(conv.Forward(x)));
            (inputs, side) = (width, (side - 3) / 2 + 1);
        }
        _features = width;
        _dense = Register("dense", new Linear(width * side * side, width));
        Start(_dense);
    }

    /// <inheritdoc/>
    public override int Features => _features;

    [Encoder("keras-cnn", typeof(SizedEncoderOptions))]
    internal static Encoder Create(EncoderOptions options) => new KerasCnn((SizedEncoderOptions)options);

    private protected override Tensor Summarize(Tensor map) =>
        Functional.Relu(_dense.Forward((map.DType == DType.Float64 ? map : map.To(DType.Float32)).Flatten(1)));

    private static void Start(Layer layer)
    {
        using GradMode off = GradMode.Off();
        foreach ((_, Tensor value) in layer.Parameters())
            if (value.Rank > 1) Initialization.GlorotUniform(value);
            else value.ZeroInPlace();
    }
}
