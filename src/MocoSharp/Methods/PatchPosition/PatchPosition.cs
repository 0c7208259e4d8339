using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.PatchPosition;

/// <summary>Context prediction: on which of eight sides of the first patch did the second one lie?</summary>
/// <remarks>Doersch, Gupta and Efros 2015, arXiv:1505.05192, as in cdoersch/deepcontext at 5307282. Against the shortcuts that the paper
/// names: a gap and jitter (lines that go on), one color channel of each patch or colors projected in the view (chromatic aberration),
/// each patch's own mean and deviation. Departures: pairs are drawn one by one, anywhere in the picture, and not from a grid; patches are
/// not made coarse; the encoder is the recipe's, and batch norm has its scale.</remarks>
[Method("patch-position", typeof(PatchPositionOptions))]
public sealed class PatchPosition : Method
{
    private const int Directions = 8, Fine = 1 << 24, DirectionDraw = 0, PlaceDraw = 1, JitterDraw = 2, ChannelDraw = 3, NoiseDraw = 4;
    private const double NoiseShare = 0.01;             // of the kept channel's deviation
    private readonly Encoder _encoder;
    private readonly Sequential _head;
    private readonly PatchPositionOptions _options;

    /// <summary>Builds the encoder and the layers that compare two patches.</summary>
    public PatchPosition(Func<Encoder> encoders, PatchPositionOptions options)
    {
        _options = options.Checked();
        _encoder = Register("encoder", encoders());
        _head = Register("head", Heads.Projector(2 * _encoder.Features, options.HiddenFeatures, Directions, norm: true));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(Directions);

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels) =>
        _options.RequireSide(views[0].Output(channels).ShorterSide);

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        long[] directions = batch.Noise(DirectionDraw, _options.Pairs, Directions);
        Tensor patches = PatchCutter.Cut(batch.View(0), Places(batch, directions), _options.PatchSide);      // [2 · P, C, s, s]
        patches = PatchCutter.Standardized(patches);
        if (_options.Color == PatchColor.One && patches.Size(1) > 1) patches = OneChannel(batch, patches);
        return Pretext.Classified(_head.Forward(_encoder.Forward(patches).Reshape(directions.Length, -1)), directions);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>Where the second patch of a pair lies, in patches: the eight neighbors in reading order.</summary>
    internal static (int Down, int Right) Towards(long direction)
    {
        int cell = (int)(direction < Directions / 2 ? direction : direction + 1);        // the middle one is the first patch's own
        return (cell / 3 - 1, cell % 3 - 1);
    }

    /// <summary>Both patches of each pair, one behind the other.</summary>
    internal PatchPlace[] Places(Batch batch, long[] directions)
    {
        int side = (int)Math.Min(batch.View(0).Size(2), batch.View(0).Size(3)), step = _options.PatchSide + _options.Gap;
        _options.RequireSide(side);
        long[] places = batch.Noise(PlaceDraw, 2 * _options.Pairs, Fine);
        long[] jitter = batch.Noise(JitterDraw, 4 * _options.Pairs, 2 * _options.Jitter + 1);
        PatchPlace[] both = new PatchPlace[2 * directions.Length];
        for (int pair = 0; pair < directions.Length; pair++)
        {
            (int down, int right) = Towards(directions[pair]);
            (int top, int left) = (Start(places[2 * pair], down), Start(places[2 * pair + 1], right));
            both[2 * pair] = At(4 * pair, top, left);
            both[2 * pair + 1] = At(4 * pair + 2, top + down * step, left + right * step);

            PatchPlace At(int draw, int y, int x) => new(pair / _options.Pairs, y + (int)jitter[draw], x + (int)jitter[draw + 1]);
        }
        return both;

        // the first patch's start before jitter, which only adds: evenly among those that leave room for the second one
        int Start(long drawn, int towards)
        {
            int room = side - _options.PatchSide - 2 * _options.Jitter - Math.Abs(towards) * step;
            return (int)(drawn * (room + 1) / Fine) + (towards < 0 ? step : 0);
        }
    }

    /// <summary>Keeps one channel of each standardized patch, and puts noise in place of the others; the mean square over all stays
    /// 1.</summary>
    internal static Tensor OneChannel(Batch batch, Tensor patches)
    {
        (int count, int channels) = ((int)patches.Size(0), (int)patches.Size(1));
        long[] kept = batch.Noise(ChannelDraw, count / batch.Count, channels);
        Tensor keep = Tensor.From(kept).To(patches.Device).Unsqueeze(1)
            .EqualTo(Tensor.Arange(channels, device: patches.Device).Unsqueeze(0)).To(patches.DType).View(count, channels, 1, 1);
        long[] drawn = batch.Noise(NoiseDraw, (int)(patches.ElementCount / batch.Count), Fine);
        float[] even = [.. drawn.Select(static value => (float)(((double)value / Fine - 0.5) * Math.Sqrt(12) * NoiseShare))];
        Tensor noise = Tensor.From(even, patches.Shape).To(patches.DType).To(patches.Device);
        return ((patches * keep + noise * (1 - keep)) * Math.Sqrt(channels)).Contiguous(MemoryFormat.ChannelsLast);
    }
}
