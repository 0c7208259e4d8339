using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>For the same choices, pixels are torchvision's.</summary>
public sealed class TorchvisionTests
{
    private const double Step = 1 / 255.0;

    public static TheoryData<string> Cases => [.. AugmentGolden.Names(
        "crop", "resize", "fit", "center", "flip", "jitter", "grayscale", "blur", "solarize", "rotation", "view")];

    [Theory, MemberData(nameof(Cases))]
    public void Pixels_equal_torchvisions_on_float_tensors(string name)
    {
        AugmentGolden golden = AugmentGolden.Open(name);
        (double mean, double worst) = Distance(Render(golden), golden.Exact());
        // 1e-4: torchvision's luma weights sum to 0.9999; 8e-6: how the golden values are rounded
        Assert.True(mean < 1.5e-4 && worst < 1e-3, $"{name}: mean error {mean:g3}, worst {worst:g3}");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Pixels_equal_torchvisions_on_Pillow_pictures(string name)
    {
        AugmentGolden golden = AugmentGolden.Open(name);
        if (golden.Operation == "rotation") // Pillow has no pixels to mix with beyond the border and leaves a hard edge
            return;
        (double mean, double worst) = Distance(Render(golden), golden.Pillow());
        (double meanLimit, double worstLimit) = Limits(golden);
        Assert.True(mean <= meanLimit * Step && worst <= worstLimit * Step,
            $"{name}: mean error {mean / Step:f2}/255, worst {worst / Step:f2}/255");
    }

    /// <summary>In steps of 1/255. Torchvision's own two ways differ by as much.</summary>
    private static (double Mean, double Worst) Limits(AugmentGolden golden) => golden.Name switch
    {
        var name when name.Contains("bicubic", StringComparison.Ordinal) => (1, 8), // Pillow cuts and rounds between its two passes
        _ when golden.Number("hue", 0) != 0 => (2, 12),                             // Pillow's hue has 256 steps, 6/255 of chroma each
        _ => (1, 3),
    };

    [Fact]
    public void Blur_differs_from_Pillows_box_filters_by_little_on_average()
    {
        AugmentGolden golden = AugmentGolden.Open("blur by Pillow");
        Canvas canvas = Draw.On(golden.Source());
        new GaussianBlur().Apply(new BlurChoice(golden.Number("sigma", 0)), canvas);
        (double mean, double worst) = Distance(Draw.Floats(canvas), golden.Pillow());
        Assert.True(mean <= 2 * Step && worst <= 20 * Step, $"mean error {mean / Step:f2}/255, worst {worst / Step:f2}/255");
    }

    private static float[] Render(AugmentGolden golden)
    {
        Canvas canvas = Draw.On(golden.Source());
        switch (golden.Operation)
        {
            case "crop":
                Interpolation mode = Enum.Parse<Interpolation>(golden.Parameters.GetProperty("mode").GetString()!, ignoreCase: true);
                new RandomResizedCrop(golden.Parameter("size"), Interpolation: mode).Apply(golden.Box(), canvas);
                break;
            case "resize": new Resize(golden.Parameter("size")).Apply(default, canvas); break;
            case "fit": new CenterFit(golden.Parameter("size"), golden.Number("share", 0)).Apply(default, canvas); break;
            case "center": new CenterCrop(golden.Parameter("size")).Apply(default, canvas); break;
            case "flip": new Flip().Apply(true, canvas); break;
            case "jitter": new ColorJitter().Apply(golden.Jitter(), canvas); break;
            case "grayscale": new Grayscale().Apply(true, canvas); break;
            case "blur": Blur(golden, canvas); break;
            case "solarize": new Solarize().Apply(true, canvas); break;
            case "rotation": new Rotation().Apply(new RotationChoice(golden.Number("degrees", 0)), canvas); break;
            case "view": View(golden, canvas); break;
            default: throw new InvalidOperationException(golden.Operation);
        }
        Assert.Equal(golden.Size, canvas.Size);
        return Draw.Floats(canvas);
    }

    private static void View(AugmentGolden golden, Canvas canvas)
    {
        new RandomResizedCrop(golden.Parameter("size")).Apply(golden.Box(), canvas);
        new ColorJitter().Apply(golden.Jitter(), canvas);
        Blur(golden, canvas);
        new Flip().Apply(true, canvas);
    }

    private static void Blur(AugmentGolden golden, Canvas canvas) =>
        new GaussianBlur(Kernel: golden.Parameter("kernel")).Apply(new BlurChoice(golden.Number("sigma", 0)), canvas);

    private static (double Mean, double Worst) Distance(float[] ours, float[] theirs)
    {
        Assert.Equal(theirs.Length, ours.Length);
        double[] errors = [.. ours.Zip(theirs, (a, b) => Math.Abs((double)a - b))];
        return (errors.Average(), errors.Max());
    }
}
