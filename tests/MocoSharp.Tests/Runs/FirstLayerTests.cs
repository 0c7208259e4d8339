using MocoSharp.Encoders;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;
using MocoSharp.Training;

namespace MocoSharp.Tests.Runs;

/// <summary>Weights for pictures of three channels in encoders for others.</summary>
public sealed class FirstLayerTests : TensorTest
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"moco-{Guid.NewGuid():N}.safetensors");

    public static TheoryData<string> Names => [.. EncoderRegistry.Names];

    [Theory, MemberData(nameof(Names))]
    public void One_channel_gives_what_three_equal_ones_gave_and_six_what_the_three_gave_twice(string name)
    {
        using GradMode off = GradMode.Off();
        using Encoder colors = Of(name, 3), gray = Of(name, 1), twice = Of(name, 6);
        Safetensors.Write(_file, colors.State().Select(static item => ("module." + item.Name, item.Value)),
            new Dictionary<string, string>());
        Assert.EndsWith("the first layer is adapted from 3 to 1 channel", ForeignEncoder.Load(_file, gray, adaptsChannels: true),
            StringComparison.Ordinal);
        Assert.EndsWith("the first layer is adapted from 3 to 6 channels", ForeignEncoder.Load(_file, twice, adaptsChannels: true),
            StringComparison.Ordinal);
        Tensor picture = Fill.Inputs("x", 2, 3, 32, 32), first = picture.Narrow(1, 0, 1);
        Near(colors.Forward(Tensor.Cat([first, first, first], 1)), gray.Forward(first));
        Near(colors.Forward(picture), twice.Forward(Tensor.Cat([picture, picture], 1)));
    }

    [Fact]
    public void It_is_refused_where_nobody_asked_for_it_and_where_more_differs()
    {
        using Encoder colors = Of("resnet18-small", 3), gray = Of("resnet18-small", 1),
            wide = EncoderRegistry.Create(Tiny.Encoder("resnet18-small") with { Channels = 1, Width = 0.5 });
        Safetensors.Write(_file, colors.State(), new Dictionary<string, string>());
        float[] before = gray.State().First().Value.ToArray<float>();
        MocoException unasked = Assert.Throws<MocoException>(() => ForeignEncoder.Load(_file, gray));
        Assert.Contains("--adapt-channels", unasked.Fix, StringComparison.Ordinal);
        Assert.Equal(before, gray.State().First().Value.ToArray<float>());
        MocoException other = Assert.Throws<MocoException>(() => ForeignEncoder.Load(_file, wide, adaptsChannels: true));
        Assert.Equal((ErrorIds.NothingFits, ErrorIds.NothingFits), (unasked.Id, other.Id));
        Assert.DoesNotContain("--adapt-channels", other.Fix, StringComparison.Ordinal);
    }

    // 5 of 3: red, green, blue, red, green, each at three fifths
    [Fact]
    public void Numbers_that_three_does_not_divide_repeat_in_order()
    {
        using Tensor weights = Tensor.From([1f, 2, 3], 1, 3, 1, 1);
        using Tensor adapted = FirstLayer.Adapted(weights, 5);
        Assert.Equal([0.6f, 2 * 0.6f, 3 * 0.6f, 0.6f, 2 * 0.6f], adapted.ToArray<float>());
    }

    [Fact]
    public void A_path_is_the_usual_beginning()
    {
        Assert.Equal(new InitialEncoder("runs/mine"), (InitialEncoder?)"runs/mine");
        Assert.Null(InitialEncoder.FromString(null));
    }

    protected override void Dispose(bool disposing)
    {
        File.Delete(_file);
        base.Dispose(disposing);
    }

    private static Encoder Of(string name, int channels)
    {
        Encoder encoder = EncoderRegistry.Create(Tiny.Encoder(name) with { Channels = channels });
        encoder.Train(false);
        return encoder;
    }

    private static void Near(Tensor expected, Tensor actual)
    {
        float[] one = expected.ToArray<float>(), other = actual.ToArray<float>();
        float largest = one.Max(Math.Abs);
        Assert.True(largest > 0);
        Assert.True(one.Zip(other).Max(static pair => Math.Abs(pair.First - pair.Second)) < 1e-4 * largest);
    }
}
