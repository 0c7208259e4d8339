using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Jigsaw;

/// <summary>Jigsaw puzzles: a picture's tiles come in one of some orders; which one?</summary>
/// <remarks>Noroozi and Favaro 2016, arXiv:1603.09246; per-tile normalization as in bbrattoli/JigsawPuzzlePytorch at ec85994, channels cut
/// apart as in the authors' data layer. Each tile goes through the encoder by itself, and only then are tiles compared. Against the
/// shortcuts that the paper names: a random place within the cell (edges that go on), each tile's own mean and deviation (brightness),
/// channels cut apart (chromatic aberration). Departures: the encoder is the recipe's; no dropout; the orders are chosen once and for all
/// (<see cref="TileOrders"/>); tiles are not enlarged.</remarks>
[Method("jigsaw", typeof(JigsawOptions))]
public sealed class JigsawPuzzle : Method
{
    private const int OrderDraw = 0, PlaceDraw = 1, ShiftDraw = 2;
    private readonly Encoder _encoder;
    private readonly Linear _tile;
    private readonly Sequential _head;
    private readonly JigsawOptions _options;
    private readonly int[][] _orders;

    /// <summary>Builds the encoder and the layers that compare tiles, and chooses the orders.</summary>
    public JigsawPuzzle(Func<Encoder> encoders, JigsawOptions options)
    {
        _options = options.Checked();
        _encoder = Register("encoder", encoders());
        _tile = Register("tile", new Linear(_encoder.Features, options.TileFeatures));
        _head = Register("head", Heads.Mlp(options.Tiles * options.TileFeatures, [options.HiddenFeatures], options.Permutations));
        _orders = TileOrders.Choose(options.Tiles, options.Permutations, options.Distance);
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(_options.Permutations);

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels) =>
        _ = _options.Room(views[0].Output(channels).ShorterSide);

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        long[] orders = batch.Noise(OrderDraw, 1, _options.Permutations);
        Tensor tiles = PatchCutter.Standardized(Tiles(batch, orders));                                    // [N · T, C, side, side]
        Tensor each = Relu(_tile.Forward(_encoder.Forward(tiles)));                                   // [N · T, U]
        return Pretext.Classified(_head.Forward(each.View(batch.Count, -1)), orders);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>The tiles of all pictures in their orders, as they lie in the pictures.</summary>
    /// <param name="batch">Its first view is cut.</param>
    /// <param name="orders">[N]: the order of each picture's tiles.</param>
    internal Tensor Tiles(Batch batch, long[] orders)
    {
        Tensor pictures = batch.View(0);
        int side = (int)Math.Min(pictures.Size(2), pictures.Size(3)), cell = side / _options.Grid, channels = (int)pictures.Size(1);
        long[] moved = batch.Noise(PlaceDraw, 2 * _options.Tiles, _options.Room(side) + 1);
        PatchPlace[] places = [.. Enumerable.Range(0, moved.Length / 2).Select(Place)];
        if (_options.ChannelShift == 0) return PatchCutter.Cut(pictures, places, _options.TileSide);
        long[] shifts = batch.Noise(ShiftDraw, 2 * _options.Tiles * channels, _options.ChannelShift + 1);
        return Cat([.. Enumerable.Range(0, channels).Select(Channel)], dim: 1).Contiguous(MemoryFormat.ChannelsLast);

        PatchPlace Place(int row)
        {
            int picture = row / _options.Tiles, tile = _orders[orders[picture]][row % _options.Tiles];
            return new(picture, tile / _options.Grid * cell + (int)moved[2 * row], tile % _options.Grid * cell + (int)moved[2 * row + 1]);
        }

        Tensor Channel(int channel) => PatchCutter.Cut(pictures.Narrow(1, channel, 1), [.. places.Select((place, row) => place with
        {
            Top = place.Top + (int)shifts[2 * (row * channels + channel)],
            Left = place.Left + (int)shifts[2 * (row * channels + channel) + 1],
        })], _options.TileSide);
    }
}
