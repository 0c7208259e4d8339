using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.Cpc;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using CpcMethod = MocoSharp.Methods.Cpc.Cpc;

namespace MocoSharp.Tests.Methods.Cpc;

/// <summary>What predicting patches demands: above all that nothing sees what it predicts.</summary>
public sealed class CpcTests : TensorTest
{
    private const int Side = 20, Rows = 4;                                  // 4 × 4 patches of 8 pixels, 4 apart
    private static readonly DeepEncoderOptions s_encoder = new("cpc-small", Width: 0.0625, Patches: new PatchGrid(8, 4));
    private static readonly CpcOptions s_options = new(Steps: 2, Skip: 1, Directions: 1, Negatives: 4, ContextLayers: 3);

    [Fact]
    public void A_context_sees_its_own_row_and_those_above_and_never_one_below()
    {
        using CpcMethod cpc = Cpc(s_options);
        Tensor grid = Fill.Inputs("grid", 2, cpc.Encoder.Features, Rows, Rows), before = cpc.Known(grid, DType.Float32);
        for (int row = 0; row < Rows; row++)
            for (int column = 0; column < Rows; column++)
            {
                Tensor other = grid.Clone();
                other.Narrow(2, row, 1).Narrow(3, column, 1).MulInPlace(-3);
                Tensor after = cpc.Known(other, DType.Float32);
                if (row > 0) Assert.True(before.Narrow(2, 0, row).SameAs(after.Narrow(2, 0, row)),
                    $"a row above saw the patch at {row}, {column}");
                for (int seen = row; seen < Rows; seen++)
                    Assert.False(before.Narrow(2, seen, 1).SameAs(after.Narrow(2, seen, 1)),
                    $"row {seen} did not see the patch at {row}, {column}");
            }
    }

    // through patches, encoder and context: no pixel of a predicted patch reaches the context that predicts it, in any direction
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void No_pixel_of_a_patch_reaches_the_context_that_predicts_it(int turn)
    {
        using CpcMethod cpc = Cpc(s_options with { Directions = 4 });
        Tensor picture = Tiny.Batch(count: 1, side: Side).View(0), before = Contexts(cpc, picture, turn);
        for (int row = 1 + s_options.Skip; row < Rows; row++)
            for (int column = 0; column < Rows; column++)
            {
                Tensor turned = QuarterTurns.Of(picture, turn).Contiguous();
                turned.Narrow(2, row * 4, 8).Narrow(3, column * 4, 8).MulInPlace(-2);
                Tensor after = Contexts(cpc, QuarterTurns.Of(turned, 4 - turn).Contiguous(MemoryFormat.ChannelsLast), turn);
                int last = row - 1 - s_options.Skip;                       // the last row that predicts this one
                Assert.True(before.Narrow(2, 0, last + 1).SameAs(after.Narrow(2, 0, last + 1)),
                    $"patch {row}, {column} was seen by what predicts it");
                Assert.False(before.SameAs(after));
            }
    }

    [Fact]
    public void An_encoder_with_batch_norm_is_a_concern()
    {
        using CpcMethod plain = Cpc(s_options), leaking = Cpc(s_options, s_encoder with { Name = "resnet18-small" });
        Assert.Empty(plain.Warnings(pictures: 1000));
        Assert.Contains("resnet18-small has batch norm", Assert.Single(leaking.Warnings(pictures: 1000)), StringComparison.Ordinal);
    }

    // the first row that is predicted begins (1 + skip) · stride rows of pixels below the context's last
    [Theory, InlineData(8, 4, 1, null), InlineData(8, 4, 0, 1), InlineData(8, 2, 1, 3), InlineData(8, 2, 3, null),
        InlineData(8, 8, 0, null)]
    public void A_context_that_sees_pixels_of_what_it_predicts_is_a_concern(int side, int stride, int skip, int? needed)
    {
        using CpcMethod cpc = Cpc(s_options with { Skip = skip }, s_encoder with { Patches = new PatchGrid(side, stride) });
        if (needed is null) Assert.Empty(cpc.Warnings(pictures: 1000));
        else Assert.Contains($"--set method.skip={needed}", Assert.Single(cpc.Warnings(pictures: 1000)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_says_what_weights_it_does_not_list()
    {
        MethodSummary summary = MethodSummary.Of(RecipeFile.Load("cpc-cifar10").Recipe, pictures: 8);
        Assert.Equal(summary.TrainedParameters - summary.EncoderParameters, summary.UnlistedParameters);
        Assert.True(summary.UnlistedParameters > 0);
    }

    [Fact]
    public void Patches_overlap_lie_in_reading_order_and_see_their_own_pixels_alone()
    {
        using Encoder encoder = EncoderRegistry.Create(s_encoder), inner = EncoderRegistry.Create(s_encoder with { Patches = null });
        inner.Load(encoder.State().ToDictionary(static s => s.Name["patch.".Length..], static s => s.Value));
        Tensor picture = Tiny.Batch(count: 2, side: Side).View(0);
        Encoding seen = encoder.Encode(picture, PatchEncoder.Grid);
        Tensor map = seen.Maps[PatchEncoder.Grid];
        Assert.Equal([2, encoder.Features, Rows, Rows], map.Shape);
        Tensor one = inner.Forward(picture.Narrow(2, 4, 8).Narrow(3, 12, 8).Contiguous(MemoryFormat.ChannelsLast));
        Tolerance.Close(one, map.Narrow(2, 1, 1).Narrow(3, 3, 1).Flatten(1), relative: 1e-5);
        Tolerance.Close(map.Mean([2, 3]), seen.Features, relative: 1e-6);
    }

    [Theory, InlineData(4, 1.6094), InlineData(16, 2.8332)]
    public void Equal_patches_give_the_chance_level(int negatives, double expected)
    {
        using CpcMethod cpc = Cpc(s_options with { Negatives = negatives });
        Batch blank = new([Tensor.Full([3, 3, Side, Side], 0.5).Contiguous(MemoryFormat.ChannelsLast)], [0, 1, 2], [-1, -1, -1], seed: 1,
            step: 0);
        Assert.Equal(expected, cpc.Step(blank).Loss.ToDouble(), tolerance: 1e-3);
        Assert.Equal(expected, cpc.ChanceLoss!.Value, tolerance: 1e-4);
    }

    // two rows of predictions and one: the logarithms of all 2 · 4 · 3 and 1 · 4 · 3 patches
    [Fact]
    public void Without_draws_every_patch_of_the_batch_is_a_negative()
    {
        using CpcMethod cpc = Cpc(s_options with { Negatives = 0 });
        Batch blank = new([Tensor.Full([3, 3, Side, Side], 0.5).Contiguous(MemoryFormat.ChannelsLast)], [0, 1, 2], [-1, -1, -1], seed: 1,
            step: 0);
        Assert.Equal((Math.Log(2 * Rows * 3) + Math.Log(Rows * 3)) / 2, cpc.Step(blank).Loss.ToDouble(), tolerance: 1e-3);
    }

    // all directions together do not care how the picture lies, but for their own weights
    [Fact]
    public void Directions_share_the_context_and_have_weights_of_their_own()
    {
        using CpcMethod cpc = Cpc(s_options with { Directions = 4 });
        cpc.Step(Tiny.Batch(count: 3, views: 1, side: Side)).Loss.Backward();
        Assert.Equal(4 * s_options.Steps, cpc.Children.Count(static child => child.Name.StartsWith("predict", StringComparison.Ordinal)));
        Assert.Single(cpc.Children, static child => child.Name == "context");
        Assert.All(cpc.Parameters().Where(static p => p.Name.StartsWith("predict", StringComparison.Ordinal)),
            static p => Assert.True(p.Value.Grad!.Norm().ToDouble() > 0, p.Name));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("encoder.patches",
            Assert.Throws<OptionException>(() => new CpcMethod(new MethodParts(s_encoder with { Patches = null }, 1), s_options)).Option);
        using CpcMethod cpc = Cpc(s_options with { Steps = 3 });
        Assert.Equal("set steps to 2 or less, or cut smaller patches (encoder.patches)",
            Assert.Throws<OptionException>(() => cpc.Step(Tiny.Batch(views: 1, side: Side))).Fix);
        Assert.Throws<OptionException>(() => cpc.Encoder.Forward(Tiny.Batch(side: 6).View(0)));
        Assert.Throws<OptionException>(() => Cpc(s_options with { Directions = 2 }));
    }

    [Fact]
    public void An_encoder_of_patches_is_written_and_read_back_whole()
    {
        string path = Path.GetTempFileName();
        using Encoder encoder = EncoderRegistry.Create(s_encoder with { Depth = 2 });
        EncoderFile.Write(path, encoder);
        using Encoder read = EncoderFile.Read(path);
        Assert.Equal(encoder.Options, read.Options);
        encoder.Train(false);
        Assert.True(encoder.Forward(Tiny.Batch(side: Side).View(0)).SameAs(read.Forward(Tiny.Batch(side: Side).View(0))));
        File.Delete(path);
    }

    private static CpcMethod Cpc(CpcOptions options, EncoderOptions? encoder = null) =>
        new(new MethodParts(encoder ?? s_encoder, pictures: 1), options);

    private static Tensor Contexts(CpcMethod cpc, Tensor picture, int turn) =>
        cpc.Known(QuarterTurns.Of(cpc.Encoder.Encode(picture, PatchEncoder.Grid).Maps[PatchEncoder.Grid], turn), DType.Float32);
}
