using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Tests.Evaluation.Segmentation;

public sealed class DenseHeadTests : TensorTest
{
    [Fact]
    public void A_bilinear_resize_is_torchs_by_the_operator_and_place_by_place()
    {
        foreach (JsonElement one in Golden.Open("segmentation").GetProperty("resizes").EnumerateArray())
        {
            long[] shape = one.GetProperty("shape").Longs(), size = one.GetProperty("size").Longs();
            Tensor map = Fill.Inputs(one.GetProperty("name").GetString()!, shape);
            one.GetProperty("result").HoldsWhole(Functional.ResizeBilinear(map, size[0], size[1]), 1e-6);
            one.GetProperty("result").HoldsWhole(PlaceByPlace(map, (int)size[0], (int)size[1]), 1e-6);
        }
    }

    [Fact]
    public void Scores_are_those_of_resizing_all_maps_putting_them_together_and_convolving_then()
    {
        Tensor fine = Fill.Inputs("fine", 2, 3, 8, 6), coarse = Fill.Inputs("coarse", 2, 5, 2, 3);
        float[] weight = Fill.Inputs("weight", 4, 8).ToArray<float>(), bias = Fill.Inputs("bias", 4).ToArray<float>();
        using DenseHead head = new(new LinearHead(weight, bias, ["a", "b", "c", "d"]), [3, 5], Device.Cpu);
        Tensor whole = Tensor.Cat([Functional.ResizeBilinear(fine, 16, 12), Functional.ResizeBilinear(coarse, 16, 12)], dim: 1);
        Tensor expected = Functional.Conv2d(whole, Tensor.From(weight, 4, 8, 1, 1), Tensor.From(bias));
        Tolerance.Close(expected.Contiguous().ToArray<float>(), head.Scores([fine, coarse], 16, 12).Contiguous(), 1e-5);
        byte[][] named = head.Apply([fine, coarse], 16, 12);
        Assert.Equal(expected.ArgMax(1).ToArray<long>(), named.SelectMany(static one => one).Select(static name => (long)name));
        Assert.Equal((2, 16 * 12), (named.Length, named[0].Length));
    }

    [Fact]
    public void Labels_of_another_size_have_the_class_at_each_places_middle()
    {
        PixelLabels labels = new(4, 2, [0, 1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], labels.Resized(8, 2).Classes[..8]);
        Assert.Equal([5, 7], labels.Resized(2, 1).Classes);
        Assert.Same(labels, labels.Resized(4, 2));
    }

    [Fact]
    public void The_colors_around_a_pixel_are_its_neighbors_and_mirrored_at_the_border()
    {
        Tensor picture = Tensor.Arange(12).To(DType.Float32).View(1, 1, 3, 4);
        Tensor map = StageMaps.Pixels(picture)[0];
        Assert.Equal([1, 9, 3, 4], map.Shape);
        float[] around = [.. Enumerable.Range(0, 9).Select(i => map.Narrow(1, i, 1).Narrow(2, 1, 1).Narrow(3, 1, 1).ToSingle())];
        Assert.Equal([0, 1, 2, 4, 5, 6, 8, 9, 10], around);
        Assert.Equal(5, map.Narrow(1, 0, 1).Narrow(2, 0, 1).Narrow(3, 0, 1).ToSingle());
        Assert.Equal([1, 9, 1, 4], StageMaps.Pixels(picture.Narrow(2, 0, 1))[0].Shape);
    }

    [Fact]
    public void Stages_are_taken_in_the_networks_order_and_those_behind_the_last_do_not_run()
    {
        List<string> ran = [];
        EncoderStage[] stages = [.. new[] { "stem", "layer1", "layer2" }.Select(name => new EncoderStage(name, 3, 1, x =>
        {
            ran.Add(name);
            return x + 1;
        }, []))];
        IReadOnlyList<Tensor> maps = StageMaps.Of(stages, ["layer1", "stem"])(Tensor.Zeros([1, 3, 2, 2]));
        Assert.Equal([1f, 2f], maps.Select(static map => map.Max().ToSingle()));
        Assert.Equal(["stem", "layer1"], ran);
        MocoException wrong = Assert.Throws<MocoException>(() => StageMaps.Of(stages, ["layer9"]));
        Assert.Equal(ErrorIds.UnknownFeatures, wrong.Id);
        Assert.Contains("stem, layer1, layer2", wrong.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_gives_no_map_is_named()
    {
        EncoderStage[] stages = [new("map", 3, 1, static x => x, []), new("tokens", 3, 1, static x => x.Flatten(2), [])];
        Func<Tensor, IReadOnlyList<Tensor>> all = StageMaps.Of(stages, []);
        MocoException error = Assert.Throws<MocoException>(() => all(Tensor.Zeros([1, 3, 2, 2])));
        Assert.Equal(ErrorIds.NoMap, error.Id);
        Assert.Contains("'tokens' gives [1, 3, 4] F32", error.Message, StringComparison.Ordinal);
        Assert.Single(StageMaps.Of(stages, ["map"])(Tensor.Zeros([1, 3, 2, 2])));
    }

    [Fact]
    public void Pictures_are_seen_whole_at_the_scale_of_other_tests()
    {
        ViewPipeline cut = new([new CenterCrop(64)], ChannelStats.Half), fit = new([new CenterFit(224)], ChannelStats.Half),
            squashed = new([new Squash(100), new CenterFit(96)], ChannelStats.Half);
        Assert.Equal(new ImageSize(120, 96, 3), Seen(cut, null, 120, 96));
        Assert.Equal(new ImageSize(512, 256, 3), Seen(fit, null, 800, 400));
        Assert.Equal(new ImageSize(224, 224, 3), Seen(fit, null, 50, 50));
        Assert.Equal(new ImageSize(96, 96, 3), Seen(squashed, null, 800, 400));
        Assert.Equal(new ImageSize(128, 64, 3), Seen(cut, 64, 400, 200));
        ImageSize most = Seen(cut, null, 10_000, 5_000);
        Assert.InRange(most.Width * most.Height, 0.99 * DenseView.MostPixels, DenseView.MostPixels);
    }

    private static ImageSize Seen(ViewPipeline tested, int? side, int width, int height) =>
        new DenseView(tested, side).For(width, height).Output(new ImageSize(width, height, 3));

    private static Tensor PlaceByPlace(Tensor map, int height, int width)
    {
        (int count, int channels, int rows, int columns) = ((int)map.Size(0), (int)map.Size(1), (int)map.Size(2), (int)map.Size(3));
        float[] values = map.Permute(0, 2, 3, 1).Contiguous().ToArray<float>(), result = new float[count * height * width * channels];
        int length = rows * columns * channels;
        for (int i = 0; i < count; i++)
            for (int pixel = 0; pixel < height * width; pixel++)
                PlaceSampler.Read(values.AsSpan(i * length, length), columns, channels,
                    PlaceSampler.Source(pixel / width, rows, height), PlaceSampler.Source(pixel % width, columns, width),
                    result.AsSpan((i * height * width + pixel) * channels, channels));
        return Tensor.From(result, count, height, width, channels).Permute(0, 3, 1, 2).Contiguous();
    }
}
