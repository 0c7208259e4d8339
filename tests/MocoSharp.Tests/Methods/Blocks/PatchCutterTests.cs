using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class PatchCutterTests : TensorTest
{
    [Fact]
    public void A_patch_is_what_lies_there()
    {
        Tensor pictures = Tiny.Batch(count: 3, side: 12).View(0);
        PatchPlace[] places = [new(2, 0, 0), new(0, 7, 3), new(1, 4, 7), new(0, 7, 3)];
        Tensor patches = PatchCutter.Cut(pictures, places, side: 5);
        Assert.Equal([4, 3, 5, 5], patches.Shape);
        for (int i = 0; i < places.Length; i++)
            Assert.True(patches.Narrow(0, i, 1).SameAs(
                pictures.Narrow(0, places[i].Picture, 1).Narrow(2, places[i].Top, 5).Narrow(3, places[i].Left, 5)));
    }

    // no patch shows padding, which would tell that it lay at the border
    [Theory, InlineData(-1, 0), InlineData(0, -1), InlineData(8, 0), InlineData(0, 8)]
    public void A_patch_beyond_the_picture_is_refused(int top, int left) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        PatchCutter.Cut(Tiny.Batch(count: 1, side: 12).View(0), [new PatchPlace(0, top, left)], side: 5));

    // a lens darkens a picture towards its corners
    [Fact]
    public void A_standardized_patch_tells_neither_its_brightness_nor_its_contrast()
    {
        Tensor patches = Tiny.Batch(count: 4, side: 6).View(0);
        Tensor darker = PatchCutter.Standardized(patches * 0.3 - 2), plain = PatchCutter.Standardized(patches);
        Tolerance.Close(plain, darker, relative: 1e-5);
        foreach (float mean in plain.Mean([2, 3]).ToArray<float>()) Assert.Equal(0, mean, tolerance: 1e-6f);
        foreach (float variance in plain.Variance([2, 3], unbiased: false).ToArray<float>()) Assert.Equal(1, variance, tolerance: 1e-5f);
    }

    [Fact]
    public void A_flat_patch_becomes_0()
    {
        Assert.All(PatchCutter.Standardized(Tensor.Full([1, 3, 4, 4], 0.7)).ToArray<float>(),
            static value => Assert.Equal(0, value, tolerance: 1e-2f));
    }
}
