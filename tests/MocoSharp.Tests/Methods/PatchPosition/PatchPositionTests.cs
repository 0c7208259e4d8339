using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.PatchPosition;
using MocoSharp.Tests.Methods.Rotation;
using PatchPositionMethod = MocoSharp.Methods.PatchPosition.PatchPosition;

namespace MocoSharp.Tests.Methods.PatchPosition;

public sealed class PatchPositionTests : TensorTest
{
    private const int Side = 32;
    private static readonly PatchPositionOptions s_options = new(PatchSide: 8, Gap: 3, Jitter: 1, Pairs: 4, HiddenFeatures: [16]);

    [Fact]
    public void Equal_answers_give_the_chance_level()
    {
        using PatchPositionMethod position = Make(s_options);
        RotationPredictionTests.Zero(position, "head");
        Assert.Equal(2.0794, position.Step(Tiny.Batch(views: 1, side: Side)).Loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(2.0794, position.ChanceLoss!.Value, tolerance: 1e-4);
    }

    // edges that go on from one patch to the next would tell how they lie; so would the border of the picture
    [Fact]
    public void The_second_patch_lies_where_its_label_says_never_touches_and_both_are_whole()
    {
        using PatchPositionMethod position = Make(s_options);
        HashSet<(int, int)> gaps = [];
        HashSet<long> labels = [];
        for (int step = 0; step < 40; step++)
        {
            Batch batch = Tiny.Batch(views: 1, side: Side, step: step);
            long[] directions = batch.Noise(0, 4, 8);
            PatchPlace[] places = position.Places(batch, directions);
            for (int pair = 0; pair < directions.Length; pair++)
            {
                (PatchPlace first, PatchPlace second) = (places[2 * pair], places[2 * pair + 1]);
                (int down, int right) = PatchPositionMethod.Towards(directions[pair]);
                labels.Add(directions[pair]);
                Assert.Equal(pair / 4, first.Picture);
                Assert.Equal(first.Picture, second.Picture);
                Assert.All(new[] { first, second }, static place =>
                {
                    Assert.InRange(place.Top, 0, Side - 8);
                    Assert.InRange(place.Left, 0, Side - 8);
                });
                Assert.InRange(second.Top - first.Top - down * 11, -2, 2);
                Assert.InRange(second.Left - first.Left - right * 11, -2, 2);
                Assert.True(Math.Max(Math.Abs(second.Top - first.Top), Math.Abs(second.Left - first.Left)) - 8 >= 1, "they touch");
                gaps.Add((second.Top - first.Top - down * 11, second.Left - first.Left - right * 11));
            }
        }
        Assert.Equal(8, labels.Count);
        Assert.Equal(25, gaps.Count);                   // all of the jitter
    }

    [Fact]
    public void The_eight_neighbors_come_in_reading_order() => Assert.Equal(
        [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)],
        Enumerable.Range(0, 8).Select(static direction => PatchPositionMethod.Towards(direction)));

    // Pictures whose green lies further out than their red, as behind a lens, and which hold nothing else: gray noise. The shift between
    // the two channels of a patch tells on which side of the middle it lay, until all channels but one are taken away.
    [Fact]
    public void What_a_lens_does_to_colors_tells_no_place_once_one_channel_is_kept()
    {
        using PatchPositionMethod position = Make(s_options);
        Batch batch = Fringed(32);
        PatchPlace[] places = position.Places(batch, batch.Noise(0, 4, 8));
        Tensor patches = PatchCutter.Standardized(PatchCutter.Cut(batch.View(0), places, 8));
        Assert.InRange(SidesRead(patches, places), 0.85, 1);
        Assert.InRange(SidesRead(PatchPositionMethod.OneChannel(batch, patches), places), 0.3, 0.7);
    }

    [Fact]
    public void One_channel_is_kept_as_it_is_and_the_others_are_faint_noise()
    {
        Batch batch = Tiny.Batch(count: 8, views: 1, side: 8);
        Tensor patches = PatchCutter.Standardized(batch.View(0)), one = PatchPositionMethod.OneChannel(batch, patches);
        long[] kept = batch.Noise(3, 1, 3);
        Assert.Equal(3, kept.Distinct().Count());
        float[] deviations = one.Variance([2, 3], unbiased: false).Sqrt().ToArray<float>();
        for (int i = 0; i < deviations.Length; i++)
            Assert.Equal(i % 3 == kept[i / 3] ? 1.7321f : 0.01732f, deviations[i], tolerance: i % 3 == kept[i / 3] ? 1e-3f : 3e-3f);
        Assert.Equal(1, one.Pow(2).Mean().ToDouble(), tolerance: 1e-3);
        for (int i = 0; i < 8; i++)
            Tolerance.Close(patches.Narrow(0, i, 1).Narrow(1, kept[i], 1) * Math.Sqrt(3), one.Narrow(0, i, 1).Narrow(1, kept[i], 1),
                relative: 1e-5);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("set patchSide to 9 or less, or make the view larger",
            Assert.Throws<OptionException>(() => (s_options with { PatchSide = 14 }).RequireSide(24)).Fix);
        (s_options with { PatchSide = 9 }).RequireSide(24);
        Assert.Contains("more than twice the jitter", Assert.Throws<OptionException>(() => (s_options with { Gap = 2 }).Checked()).Message,
            StringComparison.Ordinal);
        using PatchPositionMethod position = Make(s_options);
        Assert.Throws<OptionException>(() => position.Step(Tiny.Batch(views: 1, side: 16)));
    }

    /// <summary>How often the shift between red and green tells the side of the middle that a patch lies on, left or right.</summary>
    private static double SidesRead(Tensor patches, PatchPlace[] places)
    {
        (int right, int told) = (0, 0);
        float[] values = patches.Contiguous().ToArray<float>();
        for (int i = 0; i < places.Length; i++)
        {
            int side = Math.Sign(places[i].Left + 4 - Side / 2);
            if (Math.Abs(places[i].Left + 4 - Side / 2) < 6) continue;                  // the fringe is too narrow there
            told++;
            double Match(int shift) => Enumerable.Range(0, 8).Sum(y => Enumerable.Range(1, 6).Sum(x =>
                values[(i * 3 + 0) * 64 + y * 8 + x] * values[(i * 3 + 1) * 64 + y * 8 + x + shift]));
            if (Math.Sign(Match(1) - Match(-1)) == side) right++;
        }
        return (double)right / told;
    }

    private static Batch Fringed(int count)
    {
        float[] gray = Fill.Inputs("gray", count, Side, Side).ToArray<float>(), values = new float[count * 3 * Side * Side];
        for (int i = 0; i < values.Length; i++)
        {
            (int n, int channel, int y, int x) = (i / (3 * Side * Side), i / (Side * Side) % 3, i / Side % Side, i % Side);
            int from = channel != 1 ? x : x < Side / 2 ? Math.Min(Side - 1, x + 1) : x - 1;     // green comes from nearer the middle
            values[i] = gray[(n * Side + y) * Side + from];
        }
        return new Batch([Tensor.From(values, count, 3, Side, Side).Contiguous(MemoryFormat.ChannelsLast)], [.. Enumerable.Range(0, count)],
            [.. Enumerable.Repeat(-1, count)], seed: 1, step: 0);
    }

    private static PatchPositionMethod Make(PatchPositionOptions options) =>
        new(static () => EncoderRegistry.Create(Tiny.EncoderOptions), options);
}
