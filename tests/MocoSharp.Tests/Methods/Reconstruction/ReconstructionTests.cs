using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.Reconstruction;

namespace MocoSharp.Tests.Methods.Reconstruction;

public sealed class ReconstructionTests : TensorTest
{
    private const int Side = 16;

    [Theory, InlineData(0.25, 0), InlineData(0, 0.5), InlineData(0.4, 0.5)]
    public void A_picture_is_damaged_as_much_as_is_asked_for_and_another_way_each_step(double masked, double sigma)
    {
        using Denoising method = new(Encoders, new DenoisingOptions(masked, sigma));
        Batch batch = Tiny.Batch(count: 32, views: 1, side: Side);
        Tensor picture = batch.View(0), damaged = method.Damaged(batch, picture);
        float[] before = picture.Contiguous().ToArray<float>(), after = damaged.Contiguous().ToArray<float>();
        Assert.Equal(masked, after.Count(static value => value == 0) / (double)after.Length, tolerance: 0.01);
        double[] noise = [.. before.Zip(after).Where(static pair => pair.Second != 0)
            .Select(static pair => (double)pair.Second - pair.First)];
        Assert.Equal(sigma, Math.Sqrt(noise.Average(static n => n * n)), tolerance: 0.01);
        Assert.True(damaged.SameAs(method.Damaged(batch, picture)));
        Assert.False(damaged.SameAs(method.Damaged(Tiny.Batch(count: 32, views: 1, side: Side, step: 1), picture)));
    }

    [Fact]
    public void What_is_hidden_reaches_the_network_in_no_way()
    {
        using Inpainting method = new(Encoders, new InpaintingOptions(Anywhere: true, Overlap: 1));
        Batch batch = Tiny.Batch(count: 8, views: 1, side: Side);
        (Tensor shown, Tensor counts) = method.Holes(batch, batch.View(0));
        HashSet<(int, int)> places = [];
        float[] visible = shown.ToArray<float>(), weights = counts.ToArray<float>();
        for (int n = 0; n < 8; n++)
        {
            float[] seen = visible[(n * 256)..((n + 1) * 256)], weight = weights[(n * 256)..((n + 1) * 256)];
            Assert.Equal(6 * 6, seen.Count(static pixel => pixel == 0));                  // 8 × 8 less a border of 1
            Assert.Equal(6 * 6, weight.Count(static pixel => pixel == 1));
            Assert.Equal(8 * 8 - 6 * 6, weight.Count(static pixel => pixel == 10));
            Assert.All(seen.Zip(weight), static pixel => Assert.Equal(pixel.Second == 1, pixel.First == 0));
            places.Add((Array.IndexOf(seen, 0f) / Side, Array.IndexOf(seen, 0f) % Side));
        }
        Assert.True(places.Count > 4, "the hole is always in the same place");
        // the network sees the same whatever is in the hole, and answers the same
        Tensor other = batch.View(0) * shown + (1 - shown) * 3;
        Assert.True((other * shown).SameAs(batch.View(0) * shown));
    }

    [Fact]
    public void A_hole_in_the_middle_is_the_papers()
    {
        using Inpainting method = new(Encoders, new InpaintingOptions(Overlap: 2));
        Batch batch = Tiny.Batch(count: 2, views: 1, side: Side);
        (Tensor shown, _) = method.Holes(batch, batch.View(0));
        Tensor inner = shown.Narrow(2, 6, 4).Narrow(3, 6, 4);
        Assert.Equal(0, inner.Sum().ToDouble());
        Assert.Equal(2 * (256 - 16), shown.Sum().ToDouble());
    }

    [Fact]
    public void Only_what_counts_is_compared_and_the_mean_color_explains_nothing()
    {
        Tensor picture = Fill.Inputs("picture", 2, 3, 4, 4), where = Tensor.Zeros([2, 1, 4, 4]);
        where.Narrow(2, 1, 2).FillInPlace(1);
        Tensor wrongElsewhere = picture.Clone();
        wrongElsewhere.Narrow(2, 0, 1).FillInPlace(9);
        StepResult perfect = PictureRestoration.Compared(wrongElsewhere, picture, where);
        Assert.Equal(0, perfect.Loss.ToDouble());
        Assert.Equal(1, perfect.Measures![PictureRestoration.Explained], tolerance: 1e-6);
        Tensor mean = picture.Mean([0, 2, 3], keepDim: true).Expand(2, 3, 4, 4);
        Assert.Equal(0, PictureRestoration.Compared(mean, picture, where: null).Measures![PictureRestoration.Explained], tolerance: 1e-5);
    }

    [Fact]
    public void A_decoder_doubles_by_repeating_and_ends_at_the_picture_itself()
    {
        using Encoder encoder = Encoders();
        using MapDecoder whole = new(encoder, stride: 1, outputs: 3), quarter = new(encoder, stride: 4, outputs: 5);
        Tensor picture = Tiny.Batch(count: 2, side: Side).View(0);
        Assert.Equal([2, 3, Side, Side], whole.Decode(picture).Shape);
        Assert.Equal([2, 5, Side / 4, Side / 4], quarter.Decode(picture).Shape);
        Assert.Contains("make the views' side a multiple of 8",
            Assert.Throws<OptionException>(() => whole.Decode(Tiny.Batch(side: 12).View(0))).Fix!, StringComparison.Ordinal);
        Assert.Throws<OptionException>(() => new MapDecoder(encoder, stride: 16, outputs: 3));
        Assert.Throws<OptionException>(() => new MapDecoder(encoder, stride: 3, outputs: 3));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<OptionException>(() => new DenoisingOptions(0, 0).Checked());
        InpaintingOptions wide = new(Overlap: 4);
        Assert.Equal("set overlap to 2 or less, or hole to another share", Assert.Throws<OptionException>(() => wide.HoleSide(Side)).Fix);
        Assert.Equal(8, (wide with { Overlap = 2 }).HoleSide(Side));
        Assert.Equal(64, new InpaintingOptions().HoleSide(128));
    }

    private static Encoder Encoders() => EncoderRegistry.Create(Tiny.EncoderOptions);
}
