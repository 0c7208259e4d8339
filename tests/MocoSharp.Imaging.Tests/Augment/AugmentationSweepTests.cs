using System.Reflection;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>What holds for each operation there is.</summary>
public sealed class AugmentationSweepTests
{
    public static TheoryData<string> Names => [.. Augmentations.All.Keys];

    [Fact]
    public void Every_operation_is_registered_by_its_own_name()
    {
        IEnumerable<Type> written = typeof(Augmentation).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(Augmentation)) && !type.IsAbstract);
        Assert.Equal(written.OrderBy(type => type.Name), Augmentations.All.Values.OrderBy(type => type.Name));
        Assert.All(Augmentations.All, pair => Assert.Equal(pair.Key, Make(pair.Key).Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_defaults_are_valid(string name) => Make(name).Check();

    [Theory, MemberData(nameof(Names))]
    public void Its_choices_replay_to_the_same_bits(string name)
    {
        ViewPipeline view = new([Make(name, always: true)], ChannelStats.Half);
        foreach (Image image in PicturesFor(name))
            for (int sample = 0; sample < 5; sample++)
            {
                ImageSize size = new(image.Width, image.Height, image.Channels);
                float[] first = new float[view.Output(size).Samples], again = new float[first.Length];
                Rng rng = Rng.For(3, sample: sample), same = rng;
                view.Render(image, ref rng, new Canvas(), first);
                view.Replay(view.Choose(ref same, size), image, Used(), again);
                Assert.True(first.AsSpan().SequenceEqual(again));
                Assert.Equal(rng, same);
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void It_keeps_samples_within_0_and_1_and_gives_the_shape_it_promised(string name)
    {
        Augmentation operation = Make(name, always: true);
        foreach (Image image in PicturesFor(name))
            for (int sample = 0; sample < 10; sample++)
            {
                Canvas canvas = Draw.On(image);
                ImageSize promised = operation.Output(canvas.Size);
                Rng rng = Rng.For(4, sample: sample);
                operation.Run(ref rng, canvas);
                Assert.Equal(promised, canvas.Size);
                (float low, float high) = operation switch
                {
                    Sobel => (-1f, 1f),
                    ColorProjection => (-1 / 6f, 7 / 6f),
                    _ => (0f, 1f),
                };
                Assert.All(Draw.Floats(canvas), value => Assert.InRange(value, low - 1e-6f, high + 1e-6f));
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void It_allocates_nothing_once_the_canvas_has_grown(string name)
    {
        ViewPipeline view = new([Make(name, always: true)], ChannelStats.Half);
        Image image = Draw.Noise(40, 36);
        Canvas canvas = new();
        float[] room = new float[view.Output(new ImageSize(40, 36, 3)).Samples];
        // the runtime allocates once when it compiles a method anew, which may fall anywhere
        Assert.Equal(0, Enumerable.Range(0, 4).Min(_ => Allocated()));

        long Allocated()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
            {
                Rng rng = Rng.For(9, sample: i);
                view.Render(image, ref rng, canvas, room);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_flip_noted_before_it_gives_what_a_flip_done_before_it_gives(string name)
    {
        Augmentation operation = Make(name, always: true);
        foreach (Image image in PicturesFor(name))
        {
            Canvas noted = Draw.On(image), done = Draw.On(image);
            noted.Mirror();
            done.Mirror();
            done.Pixels();
            Rng rng = Rng.For(8), same = rng;
            operation.Run(ref rng, noted);
            operation.Run(ref same, done);
            Assert.Equal(Draw.Floats(done), Draw.Floats(noted));
        }
    }

    internal static Augmentation Make(string name, bool always = false)
    {
        ConstructorInfo primary = Augmentations.All[name].GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        return (Augmentation)primary.Invoke([.. primary.GetParameters().Select(Value)]);

        object? Value(ParameterInfo parameter) => parameter.Name switch
        {
            "Chance" when always => 1f,
            "Size" when name != "cutout" => 24,
            _ => parameter.DefaultValue ?? Activator.CreateInstance(parameter.ParameterType), // reflection tells a struct's default as null
        };
    }

    /// <summary>Pictures of awkward sizes; a random crop refuses those that are smaller than itself.</summary>
    private static IEnumerable<Image> PicturesFor(string name) =>
        Make(name) is RandomCrop crop ? Pictures().Where(image => Math.Min(image.Width, image.Height) + (2 * crop.Padding) >= crop.Size)
            : Pictures();

    private static IEnumerable<Image> Pictures() =>
        [Draw.Noise(33, 21), Draw.Noise(1, 1), Draw.Noise(1, 30), Draw.Noise(50, 1), Draw.Noise(24, 24, 1), Draw.Noise(7, 90, 1)];

    /// <summary>A canvas that other pictures left their traces in.</summary>
    private static Canvas Used()
    {
        Canvas canvas = Draw.On(Draw.Noise(64, 64, seed: 77));
        Rng rng = Rng.For(1);
        new RandomResizedCrop(48).Run(ref rng, canvas);
        new GaussianBlur(Chance: 1).Run(ref rng, canvas);
        return canvas;
    }
}
