using BenchmarkDotNet.Attributes;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Benchmarks.Parts;

/// <summary>Single operations, done every time, on a view of 128 pixels; the crop from 224.</summary>
public class AugmentBenchmarks
{
    private readonly Canvas _canvas = new();
    private readonly float[] _view = new float[128 * 128 * 3];
    private readonly Image _large = Pictures.Of(224), _small = Pictures.Of(128);
    private readonly RandomResizedCrop _crop = new(128, (0.2f, 1f));
    private readonly ColorJitter _jitter = new(Chance: 1);
    private readonly GaussianBlur _blur = new(Chance: 1);
    private readonly ViewPipeline _none = new([], ChannelStats.ImageNet), _mocoV2 = ViewRecipes.MoCoV2(128).Views[0];
    private int _draw;

    [Benchmark]
    public void Crop() => Run(_crop, _large);

    [Benchmark]
    public void Jitter() => Run(_jitter, _small);

    [Benchmark]
    public void Blur() => Run(_blur, _small);

    [Benchmark]
    public void Normalize_and_mirror()
    {
        _canvas.Load(_small);
        _canvas.Mirror();
        _none.Finish(_canvas, _view);
    }

    [Benchmark]
    public void Whole_view()
    {
        Rng rng = Rng.For(1, _draw++);
        _mocoV2.Render(_large, ref rng, _canvas, _view);
    }

    private void Run(Augmentation step, Image image)
    {
        Rng rng = Rng.For(1, _draw++);
        _canvas.Load(image);
        step.Run(ref rng, _canvas);
    }
}
