using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Methods.Colorization;
using MocoSharp.Recipes;
using MocoSharp.Tests.Methods.Rotation;

namespace MocoSharp.Tests.Methods.Colorization;

public sealed class ColorPredictionTests : TensorTest
{
    private const int Side = 16;

    [Fact]
    public void Bins_are_those_that_a_color_of_srgb_lies_in()
    {
        JsonElement golden = Golden.Open("pretext").GetProperty("bins");
        Assert.Equal(golden.Whole("count"), ColorBins.Centers.Count);
        Assert.Equal(golden.Whole("sumOfA"), ColorBins.Centers.Sum(static center => center.A));
        Assert.Equal(golden.Whole("sumOfB"), ColorBins.Centers.Sum(static center => center.B));
        Assert.Equal(golden.Whole("products"), ColorBins.Centers.Sum(static center => center.A * center.B));
        HashSet<(int, int)> known = [.. ColorBins.Centers];
        Rng rng = Rng.For(1);
        for (int i = 0; i < 2000; i++)                  // what the surface of the cube encloses is among them
        {
            (_, double a, double b) = ColorSpace.Lab(rng.NextDouble(), rng.NextDouble(), rng.NextDouble());
            Assert.Contains(((int)Math.Round(a / 10) * 10, (int)Math.Round(b / 10) * 10), known);
        }
    }

    // from a picture through the views to bins: a color of the picture is found again
    [Theory, InlineData(200, 40, 90), InlineData(10, 200, 30), InlineData(128, 128, 128), InlineData(0, 0, 255)]
    public void A_color_comes_to_its_own_bin(byte red, byte green, byte blue)
    {
        Image image = new(8, 8, 3);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = i % 3 == 0 ? red : i % 3 == 1 ? green : blue;
        float[] view = new float[8 * 8 * 3];
        Rng rng = Rng.For(1);
        new ViewPipeline([new ColorSpace()], ChannelStats.Lab).Render(image, ref rng, new Canvas(), view);
        using ColorPrediction method = Make(new ColorizationOptions());
        (Tensor bins, Tensor shares) = method.Spread(ColorPrediction.Ab(Tensor.From(view, 1, 8, 8, 3).Permute(0, 3, 1, 2)));
        (_, double a, double b) = ColorSpace.Lab(red / 255.0, green / 255.0, blue / 255.0);
        Assert.All(bins.Narrow(1, 0, 1).Contiguous().ToArray<long>(), bin =>
            Assert.Equal(((int)Math.Round(a / 10) * 10, (int)Math.Round(b / 10) * 10), ColorBins.Centers[(int)bin]));
        Assert.All(shares.Sum(1).ToArray<float>(), static sum => Assert.Equal(1, sum, tolerance: 1e-5f));
        float[] first = shares.Narrow(0, 0, 1).Contiguous().ToArray<float>();
        Assert.Equal(first.OrderDescending(), first);
    }

    [Fact]
    public void Equal_answers_give_the_chance_level_where_all_bins_count_alike()
    {
        using ColorPrediction method = Make(new ColorizationOptions(Uniform: 1));
        RotationPredictionTests.Zero(method, "decoder");
        Assert.False(method.WantsPriming);
        Assert.Equal(method.ChanceLoss!.Value, method.Step(Colored()).Loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(Math.Log(ColorBins.Centers.Count), method.ChanceLoss.Value);
    }

    [Fact]
    public void A_picture_without_color_teaches_nothing()
    {
        using ColorPrediction method = Make(new ColorizationOptions(Uniform: 1));
        Tensor lab = Colored().View(1).Clone();
        lab.Narrow(1, 1, 1).FillInPlace(-6.025 / 92.208);
        lab.Narrow(1, 2, 1).FillInPlace(6.6895 / 101.1675);
        Assert.Equal(0, method.Step(new Batch([Colored().View(0), lab], [0, 1, 2, 3], [-1, -1, -1, -1], seed: 1, step: 0)).Loss.ToDouble());
        // one that has some counts as it does alone
        Tensor mixed = Tensor.Cat([lab.Narrow(0, 0, 3), Colored().View(1).Narrow(0, 3, 1)]);
        method.Train(false);
        double among = method.Step(new Batch([Colored().View(0), mixed], [0, 1, 2, 3], [-1, -1, -1, -1], seed: 1, step: 0)).Loss.ToDouble();
        Batch one = new([Colored().View(0).Narrow(0, 3, 1), Colored().View(1).Narrow(0, 3, 1)], [3], [-1], seed: 1, step: 0);
        double alone = method.Step(one).Loss.ToDouble();
        Assert.Equal(alone, among, tolerance: 1e-4);
    }

    // the second view holds the first one: comparing views sees no color either
    [Fact]
    public void Both_views_of_a_picture_are_the_same_to_the_encoder()
    {
        using ColorPrediction method = Make(new ColorizationOptions());
        method.Train(false);
        Tensor lab = Colored().View(1), light = lab.Narrow(1, 0, 1).Contiguous(MemoryFormat.ChannelsLast);
        Assert.True(method.Represent(1, lab).SameAs(method.Represent(0, light)));
        Assert.True(method.Project(1, lab).SameAs(method.Project(light)));
    }

    [Fact]
    public void Rare_colors_count_more_and_the_mean_over_nearest_bins_is_1()
    {
        using ColorPrior prior = new(3);
        prior.Add(Tensor.From<long>([0, 0, 0, 1]).View(4, 1), Tensor.Ones([4, 1]), pictures: 2);
        Assert.Equal(2, prior.Pictures);
        float[] weights = prior.Weights(0.5).ToArray<float>();
        // shares 3/4, 1/4 and 0, even 1/3: 1 / (3/8 + 1/6), 1 / (1/8 + 1/6), 1 / (1/6)
        double[] plain = [24 / 13.0, 24 / 7.0, 6];
        double mean = 0.75 * plain[0] + 0.25 * plain[1];
        for (int i = 0; i < 3; i++) Assert.Equal(plain[i] / mean, weights[i], tolerance: 1e-5);
        Assert.All(prior.Weights(1).ToArray<float>(), static weight => Assert.Equal(1, weight, tolerance: 1e-6f));
        // spread over two bins each, the nearest first: three quarters are nearest to 0, a quarter to 2, and 1 has shares alone
        using ColorPrior spread = new(3);
        spread.Add(Tensor.From<long>([0, 1, 0, 1, 0, 1, 2, 1]).View(4, 2), Tensor.Full([4, 2], 0.5), pictures: 1);
        float[] counts = spread.Weights(0.25).ToArray<float>();
        Assert.Equal(1, 0.75 * counts[0] + 0.25 * counts[2], tolerance: 1e-5);
    }

    [Fact]
    public void Shares_are_measured_until_enough_pictures_were_seen()
    {
        using ColorPrediction method = Make(new ColorizationOptions(PriorPictures: 6));
        Assert.True(method.WantsPriming);
        method.Prime(Colored());
        Assert.True(method.WantsPriming);
        method.Prime(Colored(step: 1));
        Assert.False(method.WantsPriming);
        Assert.Equal(["prior.sums", "prior.nearest", "prior.pictures"],
            method.Buffers().Select(static b => b.Name).Where(static name => name.StartsWith("prior", StringComparison.Ordinal)));
    }

    [Fact]
    public void Predicted_colors_go_from_the_mean_to_the_likeliest_bin_as_the_temperature_falls()
    {
        using ColorPrediction method = Make(new ColorizationOptions());
        RotationPredictionTests.Zero(method, "decoder");
        Tensor lightness = Colored().View(0), plain = method.Colors(lightness, temperature: 1);
        Assert.Equal([4, 2, Side / 4, Side / 4], plain.Shape);
        double mean = ColorBins.Centers.Average(static center => center.A);
        Assert.All(plain.Narrow(1, 0, 1).Contiguous().ToArray<float>(), a => Assert.Equal(mean, a, tolerance: 1e-3));
        Tensor bias = method.Parameters().Single(static p => p.Name == "decoder.last.bias").Value;
        using (GradMode.Off()) bias.Narrow(0, 7, 1).FillInPlace(1);
        Assert.All(method.Colors(lightness, temperature: 0.01).Narrow(1, 0, 1).Contiguous().ToArray<float>(),
            static a => Assert.Equal(ColorBins.Centers[7].A, a, tolerance: 1e-3f));
        Assert.Throws<ArgumentOutOfRangeException>(() => method.Colors(lightness, 0));
    }

    [Theory]
    [InlineData("views.0.normalize=half", null)]
    [InlineData("views.1.normalize=half", "colorization takes the same crop twice")]
    [InlineData("views.1.sharedDraws=1", "colorization takes the same crop twice")]
    [InlineData("views.1.steps.2.colorSpace.to=ycbcr", "colorization takes the same crop twice")]
    public void Views_of_another_kind_are_refused(string change, string? message)
    {
        Recipe recipe = RecipeFile.Load("colorization-cifar10", [change]).Recipe;
        using ColorPrediction method = Make(new ColorizationOptions());
        void Check() => method.CheckViews(recipe.ViewRecipe().Views, recipe.Data.ChannelCount);
        if (message is null) Check();
        else Assert.Contains(message, Assert.Throws<OptionException>(Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_that_sees_color_is_refused()
    {
        Assert.Equal("set encoder.channels to 1",
            Assert.Throws<OptionException>(() => new ColorPrediction(new MethodParts(Tiny.EncoderOptions, 1), new())).Fix);
        Assert.Equal("--set encoder.channels=1",
            Assert.Throws<RecipeException>(() => RecipeFile.Load("colorization-cifar10", ["encoder.channels=3"])).Fix);
    }

    private static Batch Colored(long step = 0) => new(
        [Tiny.Batch(count: 4, side: Side, step: step, channels: 1).View(0), Tiny.Batch(count: 4, side: Side, step: step).View(0) * 0.25],
        [0, 1, 2, 3], [-1, -1, -1, -1], seed: 1, step);

    private static ColorPrediction Make(ColorizationOptions options) =>
        new(new MethodParts(Tiny.EncoderOptions with { Channels = 1 }, pictures: 1), options);
}
