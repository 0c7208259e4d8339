using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Jigsaw;
using MocoSharp.Tests.Methods.Rotation;

namespace MocoSharp.Tests.Methods.Jigsaw;

public sealed class JigsawPuzzleTests : TensorTest
{
    private const int Side = 32, Cell = 10;
    private static readonly JigsawOptions s_options =
        new(TileSide: 7, ChannelShift: 1, Permutations: 12, TileFeatures: 8, HiddenFeatures: 16);

    [Fact]
    public void Equal_answers_give_the_chance_level()
    {
        using JigsawPuzzle jigsaw = Make(s_options with { Permutations = 100 });
        RotationPredictionTests.Zero(jigsaw, "head");
        Assert.Equal(4.6052, jigsaw.Step(Tiny.Batch(views: 1, side: Side)).Loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(4.6052, jigsaw.ChanceLoss!.Value, tolerance: 1e-4);
    }

    // the pictures say of each pixel where it is: channel 0 its row, 1 its column, 2 nothing
    [Fact]
    public void Tiles_lie_in_their_cells_in_the_order_that_is_asked_for()
    {
        using JigsawPuzzle jigsaw = Make(s_options with { ChannelShift = 0 });
        int[][] orders = TileOrders.Choose(9, 12, OrderDistance.Min);
        for (int step = 0; step < 5; step++)
        {
            Batch batch = Coordinates(step);
            long[] which = batch.Noise(0, 1, 12);
            float[] tiles = jigsaw.Tiles(batch, which).Contiguous().ToArray<float>();
            for (int i = 0; i < 4 * 9; i++)
            {
                (int first, int tile) = (i * 3 * 49, orders[which[i / 9]][i % 9]);
                (float top, float left) = (tiles[first], tiles[first + 49]);
                Assert.InRange(top, tile / 3 * Cell, tile / 3 * Cell + Cell - 7);
                Assert.InRange(left, tile % 3 * Cell, tile % 3 * Cell + Cell - 7);
                Assert.Equal(top + 6, tiles[first + 48]);                  // its last row
                Assert.Equal(left + 6, tiles[first + 49 + 48]);
            }
        }
    }

    // edges must not go on in the neighbor
    [Fact]
    public void Tiles_move_within_their_cells()
    {
        using JigsawPuzzle jigsaw = Make(s_options with { ChannelShift = 0 });
        HashSet<int> offsets = [];
        for (int step = 0; step < 10; step++)
        {
            Batch batch = Coordinates(step);
            foreach (float[] tile in jigsaw.Tiles(batch, batch.Noise(0, 1, 12)).Contiguous().ToArray<float>().Chunk(3 * 49))
                offsets.Add((int)tile[0] % Cell);
        }
        Assert.Equal([0, 1, 2, 3], offsets.Order());
    }

    // against chromatic aberration: the channels of a tile are cut at places of their own
    [Fact]
    public void Channels_of_a_tile_are_cut_apart()
    {
        using JigsawPuzzle jigsaw = Make(s_options with { ChannelShift = 2 });
        HashSet<(int, int)> apart = [];
        for (int step = 0; step < 10; step++)
        {
            Batch batch = Coordinates(step, ofAllChannels: true);
            foreach (float[] tile in jigsaw.Tiles(batch, batch.Noise(0, 1, 12)).Contiguous().ToArray<float>().Chunk(3 * 49))
            {
                (int red, int green) = ((int)tile[0], (int)tile[49]);
                apart.Add((green / Side - red / Side, green % Side - red % Side));
            }
        }
        Assert.Equal(25, apart.Count);              // −2 … 2 in both directions
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_a_side_that_does()
    {
        OptionException error = Assert.Throws<OptionException>(() => (s_options with { TileSide = 10, ChannelShift = 0 }).Room(Side));
        Assert.Equal("set tileSide to 9 or less, or make the view larger", error.Fix);
        Assert.Equal(1, (s_options with { TileSide = 9, ChannelShift = 0 }).Room(Side));
        error = Assert.Throws<OptionException>(() => (s_options with { TileSide = 9, ChannelShift = 2 }).Room(Side));
        Assert.Equal("set tileSide to 8 or less, or make the view larger", error.Fix);
        Assert.Equal(0, (s_options with { TileSide = 8, ChannelShift = 2 }).Room(Side));
        Assert.Throws<OptionException>(() => (s_options with { Grid = 2, Permutations = 25 }).Checked());
    }

    private static Batch Coordinates(long step, bool ofAllChannels = false)
    {
        float[] values = new float[4 * 3 * Side * Side];
        for (int i = 0; i < values.Length; i++)
        {
            (int channel, int pixel) = (i / (Side * Side) % 3, i % (Side * Side));
            values[i] = ofAllChannels ? pixel : channel == 0 ? pixel / Side : channel == 1 ? pixel % Side : 0;
        }
        return new Batch([Tensor.From(values, 4, 3, Side, Side).Contiguous(MemoryFormat.ChannelsLast)], [0, 1, 2, 3], [-1, -1, -1, -1],
            seed: 1, step);
    }

    private static JigsawPuzzle Make(JigsawOptions options) => new(static () => EncoderRegistry.Create(Tiny.EncoderOptions), options);
}
