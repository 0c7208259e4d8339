namespace MocoSharp.Imaging.Augment;

/// <summary>The views of the papers. Sizes are the square's side in pixels; blur is in pixels and is not scaled with the size.</summary>
public static class ViewRecipes
{
    private static readonly Range s_fromFifth = (0.2f, 1f);
    private static readonly Range s_sigma = (0.1f, 2f);

    /// <summary>MoCo v1: gray before a strong jitter that always happens, no blur.</summary>
    /// <remarks>He et al. 2020, arXiv:1911.05722, section 3.3.</remarks>
    public static ViewRecipe MoCoV1(int size = 224, ChannelStats? stats = null) => ViewRecipe.Same(2, new ViewPipeline(
    [
        new RandomResizedCrop(size, Area: s_fromFifth),
        new Grayscale(Chance: 0.2f),
        new ColorJitter(Brightness: 0.4f, Contrast: 0.4f, Saturation: 0.4f, Hue: 0.4f, Chance: 1f),
        new Flip(Chance: 0.5f),
    ], stats ?? ChannelStats.ImageNet));

    /// <summary>MoCo v2: SimCLR's blur and a weaker jitter.</summary>
    /// <remarks>Chen et al. 2020, arXiv:2003.04297.</remarks>
    public static ViewRecipe MoCoV2(int size = 224, ChannelStats? stats = null) => ViewRecipe.Same(2, new ViewPipeline(
    [
        new RandomResizedCrop(size, Area: s_fromFifth),
        new ColorJitter(Brightness: 0.4f, Contrast: 0.4f, Saturation: 0.4f, Hue: 0.1f, Chance: 0.8f),
        new Grayscale(Chance: 0.2f),
        new GaussianBlur(s_sigma, Chance: 0.5f),
        new Flip(Chance: 0.5f),
    ], stats ?? ChannelStats.ImageNet));

    /// <summary>MoCo v3: two different views; the first is always blurred, the second seldom and sometimes solarized.</summary>
    /// <param name="size">Side in pixels.</param>
    /// <param name="minimumArea">The crop's least share of the area: 0.08 for vision transformers, 0.2 for ResNet-50.</param>
    /// <param name="stats">ImageNet's when not given.</param>
    /// <remarks>Chen et al. 2021, arXiv:2104.02057; the views are BYOL's, arXiv:2006.07733, appendix B.</remarks>
    public static ViewRecipe MoCoV3(int size = 224, float minimumArea = 0.08f, ChannelStats? stats = null)
    {
        return new ViewRecipe([View(blur: 1f, solarize: 0f), View(blur: 0.1f, solarize: 0.2f)]);

        ViewPipeline View(float blur, float solarize) => new(
        [
            new RandomResizedCrop(size, Area: (minimumArea, 1f)),
            new ColorJitter(Brightness: 0.4f, Contrast: 0.4f, Saturation: 0.2f, Hue: 0.1f, Chance: 0.8f),
            new Grayscale(Chance: 0.2f),
            new GaussianBlur(s_sigma, Chance: blur),
            new Solarize(Threshold: 0.5f, Chance: solarize),
            new Flip(Chance: 0.5f),
        ], stats ?? ChannelStats.ImageNet);
    }

    /// <summary>SimCLR.</summary>
    /// <param name="size">Side in pixels.</param>
    /// <param name="strength">s, which multiplies the jitter: 1 for ImageNet, 0.5 for CIFAR-10.</param>
    /// <param name="stats">ImageNet's when not given.</param>
    /// <remarks>Chen et al. 2020, arXiv:2002.05709, appendix A; the jitter is 0.8, 0.8, 0.8, 0.2 times s.</remarks>
    public static ViewRecipe SimClr(int size = 224, float strength = 1f, ChannelStats? stats = null) => ViewRecipe.Same(2, new ViewPipeline(
    [
        new RandomResizedCrop(size),
        new Flip(Chance: 0.5f),
        new ColorJitter(0.8f * strength, 0.8f * strength, 0.8f * strength, 0.2f * strength, Chance: 0.8f),
        new Grayscale(Chance: 0.2f),
        new GaussianBlur(s_sigma, Chance: 0.5f),
    ], stats ?? ChannelStats.ImageNet));

    /// <summary>MoCo's CIFAR-10 demo: SimCLR without blur, jitter at half strength.</summary>
    /// <remarks>The colab notebook of facebookresearch/moco.</remarks>
    public static ViewRecipe CifarDemo(int size = 32, ChannelStats? stats = null) => ViewRecipe.Same(2, new ViewPipeline(
    [
        new RandomResizedCrop(size),
        new Flip(Chance: 0.5f),
        new ColorJitter(Brightness: 0.4f, Contrast: 0.4f, Saturation: 0.4f, Hue: 0.1f, Chance: 0.8f),
        new Grayscale(Chance: 0.2f),
    ], stats ?? ChannelStats.Cifar10Demo));

    /// <summary>solo-learn's symmetric CIFAR views: bicubic crop, strong jitter, blur.</summary>
    /// <remarks>da Costa et al. 2022, arXiv:2108.01775.</remarks>
    public static ViewRecipe CifarSymmetric(int size = 32, ChannelStats? stats = null) =>
        ViewRecipe.Same(2, Cifar(size, new ColorJitter(0.8f, 0.8f, 0.8f, 0.2f, Chance: 0.8f), blur: 0.5f, solarize: 0, stats));

    /// <summary>solo-learn's weak CIFAR views: as the symmetric ones with half the jitter.</summary>
    /// <inheritdoc cref="CifarSymmetric"/>
    public static ViewRecipe CifarWeak(int size = 32, ChannelStats? stats = null) =>
        ViewRecipe.Same(2, Cifar(size, new ColorJitter(0.4f, 0.4f, 0.4f, 0.1f, Chance: 0.8f), blur: 0.5f, solarize: 0, stats));

    /// <summary>solo-learn's asymmetric CIFAR views: no blur, and the second view is sometimes solarized.</summary>
    /// <inheritdoc cref="CifarSymmetric"/>
    public static ViewRecipe CifarAsymmetric(int size = 32, ChannelStats? stats = null)
    {
        ColorJitter jitter = new(0.4f, 0.4f, 0.2f, 0.1f, Chance: 0.8f);
        return new ViewRecipe([Cifar(size, jitter, blur: 0, solarize: 0, stats), Cifar(size, jitter, blur: 0, solarize: 0.2f, stats)]);
    }

    /// <summary>Contrastive multiview coding: crop and flip only; the color space is what tells the views apart.</summary>
    /// <remarks>Tian et al. 2019, arXiv:1906.05849. One view, of which the method takes the channels apart.</remarks>
    public static ViewRecipe Cmc(int size = 224, float minimumArea = 0.2f, ChannelStats? stats = null) =>
        ViewRecipe.Same(1, new ViewPipeline(
            [new RandomResizedCrop(size, Area: (minimumArea, 1f)), new Flip(Chance: 0.5f)], stats ?? ChannelStats.AsIs));

    /// <summary>What encoders are evaluated on: the middle of the picture, nothing random.</summary>
    /// <param name="size">Side in pixels; a square picture of this size stays as it is.</param>
    /// <param name="stats">ImageNet's when not given.</param>
    public static ViewPipeline Evaluation(int size = 224, ChannelStats? stats = null) =>
        new([new CenterFit(size)], stats ?? ChannelStats.ImageNet);

    private static ViewPipeline Cifar(int size, ColorJitter jitter, float blur, float solarize, ChannelStats? stats) => new(
    [
        new RandomResizedCrop(size, Interpolation: Interpolation.Bicubic),
        jitter,
        new Grayscale(Chance: 0.2f),
        new GaussianBlur(s_sigma, Chance: blur),
        new Solarize(Threshold: 0.5f, Chance: solarize),
        new Flip(Chance: 0.5f),
    ], stats ?? ChannelStats.Cifar10);
}
