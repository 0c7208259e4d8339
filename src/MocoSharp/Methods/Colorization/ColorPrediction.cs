using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Colorization;

/// <summary>Colorization: from how light a picture is to the distribution of its colors at each place.</summary>
/// <remarks>Zhang, Isola and Efros 2016, arXiv:1603.08511, eq. 2 to 4. The first view is <c>lightness</c>, the second the same picture as
/// <c>colorSpace: { to: lab }</c>, normalized by <c>lab</c>. As in the authors' code pictures without color (no a or b beyond 5) teach
/// nothing. Departures: bins are those of <see cref="ColorBins"/>; a decoder stands behind the recipe's encoder instead of dilated
/// convolutions; a place's color is the mean over its pixels.</remarks>
[Method("colorization", typeof(ColorizationOptions))]
public sealed class ColorPrediction : Method
{
    private const double GrayBelow = 5;
    private readonly Encoder _encoder;
    private readonly MapDecoder _decoder;
    private readonly ColorPrior _prior;
    private readonly ColorizationOptions _options;

    /// <summary>Builds encoder and decoder.</summary>
    /// <exception cref="OptionException">The encoder takes colors, or its last map cannot be doubled up to the predicted one.</exception>
    public ColorPrediction(MethodParts parts, ColorizationOptions options)
    {
        _options = options.InBounds();
        if (parts.Options.Channels != 1)
            throw new OptionException("encoder.channels", parts.Options.Channels,
                "and what predicts color sees none: its one channel is lightness", fix: "set encoder.channels to 1");
        _encoder = Register("encoder", parts.Encoder());
        try
        {
            _decoder = Register("decoder", new MapDecoder(_encoder, options.Stride, ColorBins.Centers.Count));
            _prior = Register("prior", new ColorPrior(ColorBins.Centers.Count));
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
    public override IReadOnlyList<int> ViewChannels => [1, 3];

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(ColorBins.Centers.Count);

    /// <inheritdoc/>
    public override bool WantsPriming => _options.Uniform < 1 && _prior.Pictures < _options.PriorPictures;

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
        (ViewPipeline light, ViewPipeline color) = (views[0], views[1]);
        bool isLight = light.Steps is [.., Lightness], isLab = color.Steps is [.., ColorSpace { To: ColorModel.Lab }];
        if (!isLight || !isLab || color.Stats.Name != ChannelStats.Lab.Name || light.SharedDraws is null
            || light.SharedDraws != color.SharedDraws)
            throw new OptionException("views", $"{(isLight ? "lightness" : "something else")} and {(isLab ? "Lab" : "something else")}",
                "and colorization takes the same crop twice: its lightness, and its color",
                fix: "give two views with sharedDraws: 0 and the same steps, the first ending in lightness, the second in colorSpace: "
                + "{ to: lab } with normalize: lab, as in colorization-cifar10");
    }

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor map = _decoder.Decode(batch.View(0)), logits = Rows(map);                                  // [N, Q, h, w], [P, Q]
        Tensor color = ColorAt(batch.View(1), map);
        (Tensor bins, Tensor shares) = Spread(color);                                                     // [P, k] each
        Tensor nearest = bins.Narrow(1, 0, 1).Squeeze(1), counts = Counts(nearest, color);                // [P]
        Tensor each = -(shares * logits.LogSoftmax(1).Gather(1, bins)).Sum(1);
        Tensor colored = Colored(color).Sum() * (each.ElementCount / batch.Count);
        return new StepResult(Peers.Sum((each * counts).Sum()) / Peers.Sum(colored).Clamp(low: 1),
            new Dictionary<string, double> { [Pretext.Accuracy] = Pretext.Share(logits, nearest) });
    }

    /// <inheritdoc/>
    public override void Prime(Batch batch)
    {
        Tensor lightness = batch.View(0);
        (Tensor bins, Tensor shares) = Spread(AveragePool2d(Ab(batch.View(1)), _options.Stride, _options.Stride));
        _prior.Add(bins, shares, (int)lightness.Size(0));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <inheritdoc/>
    public override Tensor Project(int view, Tensor pictures) => Project(Light(pictures));

    /// <inheritdoc/>
    public override Tensor Represent(int view, Tensor pictures) => _encoder.Forward(Light(pictures));

    /// <summary>The colors that a picture is thought to have: the mean of its bins, each with the power 1 / T of its probability.</summary>
    /// <param name="lightness">[N, 1, H, W], as the first view has it.</param>
    /// <param name="temperature">T, above 0: near 0 the likeliest bin, at 1 the plain mean, which is dull; 0.38 in the paper.</param>
    /// <returns>[N, 2, H / stride, W / stride]: a and b of CIE Lab.</returns>
    /// <remarks>The annealed mean of arXiv:1603.08511, eq. 5.</remarks>
    public Tensor Colors(Tensor lightness, double temperature = 0.38)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        return NoGrad(() =>
        {
            Tensor map = _decoder.Decode(lightness), likely = (Rows(map) / temperature).Softmax(1);
            return MatMul(likely, Centers(likely)).View(map.Size(0), map.Size(2), map.Size(3), 2).Permute(0, 3, 1, 2);
        });
    }

    /// <summary>Colors to the nearest bins and how much of a color each has, by a Gaussian; the nearest first.</summary>
    /// <param name="color">[N, 2, h, w]: a and b.</param>
    internal (Tensor Bins, Tensor Shares) Spread(Tensor color)
    {
        Tensor rows = Rows(color), centers = Centers(color);                                              // [P, 2], [Q, 2]
        Tensor near = MatMul(rows, centers.T) * 2 - centers.Pow(2).Sum(1);                                // |row|² − distance²
        (Tensor values, Tensor bins) = near.TopK(_options.Neighbors, 1);
        return (bins, (values / (2 * _options.Spread * _options.Spread)).Softmax(1));
    }

    /// <summary>How much each place counts: by its bin, and nothing in a picture without color.</summary>
    private Tensor Counts(Tensor nearest, Tensor color)
    {
        Tensor weights = _prior.Weights(_options.Uniform).IndexSelect(0, nearest);
        return (weights.View(color.Size(0), -1) * Colored(color).Unsqueeze(1)).Flatten(0);
    }

    /// <summary>The lightness of either view: the first channel of Lab, which is normalized alike.</summary>
    private static Tensor Light(Tensor pictures) => pictures.Narrow(1, 0, 1).Contiguous(MemoryFormat.ChannelsLast);

    /// <summary>[N]: 1 where a picture has color, 0 where it has not.</summary>
    private static Tensor Colored(Tensor color) => (GlobalMax(color.Abs()) - GrayBelow).Clamp(low: 0).Sum(1).Sign();

    /// <summary>The mean color at each place of the predicted map.</summary>
    private static Tensor ColorAt(Tensor lab, Tensor map)
    {
        int step = (int)(lab.Size(2) / map.Size(2));
        return AveragePool2d(Ab(lab), step, step);
    }

    /// <summary>a and b, [N, 2, H, W], of Lab as <see cref="ChannelStats.Lab"/> normalizes it.</summary>
    internal static Tensor Ab(Tensor lab)
    {
        (IReadOnlyList<float> mean, IReadOnlyList<float> deviation) = (ChannelStats.Lab.Mean, ChannelStats.Lab.Deviation);
        return Cat([.. Enumerable.Range(1, 2).Select(channel => AtLeastFloat32(lab.Narrow(1, channel, 1)) * (deviation[channel] * 255.0)
            + (mean[channel] * 255.0 - 128))], dim: 1);
    }

    private static Tensor Centers(Tensor like) => ColorBins.AsTensor().To(like.DType).To(like.Device);

    /// <summary>[N, C, h, w] to [N · h · w, C].</summary>
    private static Tensor Rows(Tensor map) => map.Permute(0, 2, 3, 1).Reshape(-1, map.Size(1));
}
