using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>The papers' numbers, written down a second time, as text.</summary>
public sealed class ViewRecipesTests
{
    public static TheoryData<string, string, string> Papers => new()
    {
        { "MoCo v1", "crop .2 Bilinear, gray .2, jitter .4 .4 .4 .4 x1, flip .5", "imageNet" },
        { "MoCo v2", "crop .2 Bilinear, jitter .4 .4 .4 .1 x.8, gray .2, blur .1-2 x.5, flip .5", "imageNet" },
        { "MoCo v3 first", "crop .08 Bilinear, jitter .4 .4 .2 .1 x.8, gray .2, blur .1-2 x1, sun .5 x0, flip .5", "imageNet" },
        { "MoCo v3 second", "crop .2 Bilinear, jitter .4 .4 .2 .1 x.8, gray .2, blur .1-2 x.1, sun .5 x.2, flip .5", "imageNet" },
        { "SimCLR", "crop .08 Bilinear, flip .5, jitter .8 .8 .8 .2 x.8, gray .2, blur .1-2 x.5", "imageNet" },
        { "SimCLR half", "crop .08 Bilinear, flip .5, jitter .4 .4 .4 .1 x.8, gray .2, blur .1-2 x.5", "imageNet" },
        { "CIFAR demo", "crop .08 Bilinear, flip .5, jitter .4 .4 .4 .1 x.8, gray .2", "cifar10Demo" },
        { "CIFAR symmetric", "crop .08 Bicubic, jitter .8 .8 .8 .2 x.8, gray .2, blur .1-2 x.5, sun .5 x0, flip .5", "cifar10" },
        { "CIFAR weak", "crop .08 Bicubic, jitter .4 .4 .4 .1 x.8, gray .2, blur .1-2 x.5, sun .5 x0, flip .5", "cifar10" },
        { "CIFAR asymmetric first", "crop .08 Bicubic, jitter .4 .4 .2 .1 x.8, gray .2, blur .1-2 x0, sun .5 x0, flip .5", "cifar10" },
        { "CIFAR asymmetric second", "crop .08 Bicubic, jitter .4 .4 .2 .1 x.8, gray .2, blur .1-2 x0, sun .5 x.2, flip .5", "cifar10" },
        { "CMC", "crop .2 Bilinear, flip .5", "asIs" },
    };

    [Theory, MemberData(nameof(Papers))]
    public void A_recipe_is_its_paper(string name, string steps, string stats)
    {
        ViewPipeline view = Find(name);
        Assert.Equal(steps, string.Join(", ", view.Steps.Select(Text)));
        Assert.Equal(stats, view.Stats.Name);
        Assert.Equal(new ImageSize(20, 20, 3), view.Output(3));
    }

    [Fact]
    public void Evaluation_draws_nothing()
    {
        Rng rng = Rng.For(1), before = rng;
        float[] view = new float[20 * 20 * 3];
        ViewRecipes.Evaluation(20).Render(Draw.Noise(33, 44), ref rng, new Canvas(), view);
        Assert.Equal(before, rng);
    }

    private static ViewPipeline Find(string name) => name switch
    {
        "MoCo v1" => Both(ViewRecipes.MoCoV1(20)),
        "MoCo v2" => Both(ViewRecipes.MoCoV2(20)),
        "MoCo v3 first" => ViewRecipes.MoCoV3(20).Views[0],
        "MoCo v3 second" => ViewRecipes.MoCoV3(20, minimumArea: 0.2f).Views[1],
        "SimCLR" => Both(ViewRecipes.SimClr(20)),
        "SimCLR half" => Both(ViewRecipes.SimClr(20, strength: 0.5f)),
        "CIFAR demo" => Both(ViewRecipes.CifarDemo(20)),
        "CIFAR symmetric" => Both(ViewRecipes.CifarSymmetric(20)),
        "CIFAR weak" => Both(ViewRecipes.CifarWeak(20)),
        "CIFAR asymmetric first" => ViewRecipes.CifarAsymmetric(20).Views[0],
        "CIFAR asymmetric second" => ViewRecipes.CifarAsymmetric(20).Views[1],
        "CMC" => Assert.Single(ViewRecipes.Cmc(20).Views),
        _ => throw new ArgumentException(name),
    };

    private static ViewPipeline Both(ViewRecipe recipe)
    {
        Assert.Equal(2, recipe.Count);
        Assert.Same(recipe.Views[0], recipe.Views[1]);
        return recipe.Views[0];
    }

    private static string Text(Augmentation step) => step switch
    {
        RandomResizedCrop { Area.High: 1, Ratio: { Low: 3f / 4f, High: 4f / 3f } } o => $"crop {Number(o.Area.Low)} {o.Interpolation}",
        ColorJitter o => $"jitter {Number(o.Brightness)} {Number(o.Contrast)} {Number(o.Saturation)} {Number(o.Hue)} x{Number(o.Chance)}",
        Grayscale o => $"gray {Number(o.Chance)}",
        GaussianBlur { Kernel: 0 } o => $"blur {Number(o.Sigma.Low)}-{Number(o.Sigma.High)} x{Number(o.Chance)}",
        Solarize o => $"sun {Number(o.Threshold)} x{Number(o.Chance)}",
        Flip o => $"flip {Number(o.Chance)}",
        _ => step.ToString(),
    };

    private static string Number(float value) => value is > 0 and < 1 ? $"{value}"[1..] : $"{value}";
}
