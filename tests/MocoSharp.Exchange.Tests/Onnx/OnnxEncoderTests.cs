using Microsoft.ML.OnnxRuntime;
using MocoSharp.Encoders;
using MocoSharp.Exchange.Onnx;
using MocoSharp.Exchange.Onnx.Schema;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;
using Bytes = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<byte>;
using Floats = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>;

namespace MocoSharp.Exchange.Tests.Onnx;

/// <summary>What ONNX Runtime makes of the models, beside what the encoders themselves give.</summary>
public sealed class OnnxEncoderTests : TensorTest
{
    private const float Share = 1e-4f;      // of the largest feature

    public static TheoryData<string> Names => [.. EncoderRegistry.Names];

    [Theory, MemberData(nameof(Names))]
    public void Each_encoder_of_the_registry_gives_the_same_features_at_any_batch(string name)
    {
        using Encoder encoder = SmallEncoders.Of(name);
        using InferenceSession session = new(Model(encoder));
        foreach (int batch in new[] { 1, 2, 7 }) Compare(encoder, session, SmallEncoders.Pictures(batch));
    }

    [Theory, InlineData(Pooling.Max), InlineData(Pooling.Concatenated)]
    public void Other_ways_to_pool_are_written_too(Pooling pooling) =>
        CompareOne(SmallEncoders.Of("resnet18-small", options => options with { Pooling = pooling }));

    [Theory, InlineData("cpc-small"), InlineData("resnet18-small")]
    public void Encoders_over_patches_are_written_too(string name) =>
        CompareOne(SmallEncoders.Of(name, static options => options with { Patches = new PatchGrid(16, 8) }));

    [Theory, InlineData("pair-resnet18-small"), InlineData("pair-xresnet18")]
    public void Pairs_of_encoders_are_written_too(string name) => CompareOne(SmallEncoders.Of(name));

    [Fact]
    public void Sides_that_strides_do_not_divide_are_right()
    {
        const int side = 45;
        foreach (string name in new[] { "resnet50", "xresnet50", "efficientnet-b0", "convnorm-first" })
        {
            using Encoder encoder = SmallEncoders.Of(name);
            using InferenceSession session = new(Model(encoder, side: side));
            Compare(encoder, session, SmallEncoders.Pictures(2, side: side));
        }
    }

    [Theory, InlineData("resnet50"), InlineData("efficientnet-b0"), InlineData("xresnet18"), InlineData("dim-cnn")]
    public void No_batch_norm_is_left_over_behind_a_convolution_or_a_dense_layer(string name)
    {
        using Encoder encoder = SmallEncoders.Of(name);
        ModelProto model = ModelProto.Parser.ParseFrom(Model(encoder));
        Assert.DoesNotContain(model.Graph.Initializer, static tensor => tensor.Name.StartsWith("norm.", StringComparison.Ordinal));
    }

    [Fact]
    public void Half_weights_take_half_of_the_file_and_cost_three_digits()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18");
        byte[] whole = Model(encoder), half = Model(encoder, half: true);
        Assert.InRange(half.Length, 0.48 * whole.Length, 0.53 * whole.Length);
        using InferenceSession session = new(half);
        Compare(encoder, session, SmallEncoders.Pictures(2), share: 1e-2f);
        Assert.Throws<Xunit.Sdk.TrueException>(() => Compare(encoder, session, SmallEncoders.Pictures(2)));
    }

    [Fact]
    public void Bytes_are_normalized_in_the_graph_as_the_reader_does_it()
    {
        const int side = 32, count = 3;
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        EncoderInput input = Input(side, ChannelStats.ImageNet);
        using InferenceSession session = new(
            OnnxEncoder.Model(encoder, input, half: false, pixels: true, new Dictionary<string, string>()));
        byte[] bytes = [.. Enumerable.Range(0, count * side * side * 3).Select(static i => (byte)(i * 7919 >> 3))];
        using GradMode off = GradMode.Off();
        Tensor mean = Tensor.From(ChannelStats.ImageNet.Mean.ToArray(), 3),
            deviation = Tensor.From(ChannelStats.ImageNet.Deviation.ToArray(), 3);
        Tensor seen = (Tensor.From(bytes, count, side, side, 3).To(DType.Float32) / 255.0 - mean) / deviation;
        float[] ours = encoder.Forward(seen.Permute(0, 3, 1, 2)).ToArray<float>();
        Bytes pixels = new(bytes, [count, side, side, 3]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> given =
            session.Run([NamedOnnxValue.CreateFromTensor(OnnxEncoder.Pixels, pixels)]);
        Near(ours, given[0].AsTensor<float>().ToArray(), Share);
    }

    [Fact]
    public void Pictures_that_are_no_plain_bytes_are_refused_by_what_stands_in_the_way()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        EncoderInput plain = Input(32, ChannelStats.Half);
        foreach ((EncoderInput input, string why) in new[]
        {
            (plain with { View = plain.View.With([.. plain.View.Steps, new ColorSpace(ColorModel.Lab)]) }, "ColorSpace"),
            (plain with { Reading = plain.Reading with { Range = new SampleRange(0, 1) } }, "range"),
        })
        {
            MocoException error = Assert.Throws<MocoException>(() =>
                OnnxEncoder.Model(encoder, input, half: false, pixels: true, new Dictionary<string, string>()));
            Assert.Equal(ErrorIds.ExportRefused, error.Id);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_metadata_says_what_the_encoder_expects_to_see_and_the_signature_has_a_free_batch()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18");
        using InferenceSession session = new(Model(encoder));
        Dictionary<string, string> texts = session.ModelMetadata.CustomMetadataMap;
        foreach ((string key, string value) in new[]
        {
            ("color", "rgb"), ("size", "[3,32,32]"), ("interpolation", "bilinear"), ("antialias", "true"), ("encoder", "resnet18"),
            ("mean", "[0.485,0.456,0.406]"), ("std", "[0.229,0.224,0.225]"), ("crop", "center"), ("input", "float32 NCHW, normalized"),
        })
            Assert.Equal(value, texts[key]);
        Assert.Contains("\"center_fit\"", texts["preprocessing"], StringComparison.Ordinal);
        Assert.Equal([-1, 3, 32, 32], session.InputMetadata[OnnxEncoder.Values].Dimensions);
        Assert.Equal("batch", session.InputMetadata[OnnxEncoder.Values].SymbolicDimensions[0]);
        Assert.Equal([-1, encoder.Features], session.OutputMetadata[OnnxEncoder.Features].Dimensions);
    }

    [Theory]
    [InlineData(nameof(Oddity.UnknownOperator), "aten::exp")]
    [InlineData(nameof(Oddity.ReadsThePicture), "for other pictures")]
    [InlineData(nameof(Oddity.FollowsTheBatch), "number of pictures")]
    [InlineData(nameof(Oddity.ReadsTheBatch), "aten::item")]
    [InlineData(nameof(Oddity.ChangesInPlace), "aten::mul_.Scalar")]
    public void What_cannot_be_told_is_refused_by_its_name(string oddity, string why)
    {
        using Encoder encoder = new OddEncoder(Enum.Parse<Oddity>(oddity));
        encoder.Train(false);
        MocoException error = Assert.Throws<MocoException>(() => Model(encoder));
        Assert.Equal(ErrorIds.ExportRefused, error.Id);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("--to safetensors", error.Fix, StringComparison.Ordinal);
    }

    private static void CompareOne(Encoder made)
    {
        using Encoder encoder = made;
        using InferenceSession session = new(Model(encoder));
        foreach (int batch in new[] { 1, 3 }) Compare(encoder, session, SmallEncoders.Pictures(batch));
    }

    private static byte[] Model(Encoder encoder, bool half = false, int side = SmallEncoders.Side) =>
        OnnxEncoder.Model(encoder, Input(side, ChannelStats.ImageNet), half, pixels: false, new Dictionary<string, string>());

    private static EncoderInput Input(int side, ChannelStats stats) => new(new DecodeRequest(), ViewRecipes.Evaluation(side, stats));

    private static void Compare(Encoder encoder, InferenceSession session, Tensor pictures, float share = Share)
    {
        using GradMode off = GradMode.Off();
        float[] ours = encoder.Forward(pictures).ToArray<float>();
        Floats values = new(pictures.ToArray<float>(), [.. pictures.Shape.Select(static size => (int)size)]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> given =
            session.Run([NamedOnnxValue.CreateFromTensor(OnnxEncoder.Values, values)]);
        Assert.Equal([(int)pictures.Size(0), encoder.Features], given[0].AsTensor<float>().Dimensions.ToArray());
        Near(ours, given[0].AsTensor<float>().ToArray(), share);
    }

    private static void Near(float[] ours, float[] theirs, float share)
    {
        float largest = ours.Max(Math.Abs), apart = ours.Zip(theirs, static (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest > 0 && ours.Distinct().Count() > 1, "the features say nothing");
        Assert.True(apart <= share * largest, $"{apart} apart, of {largest}");
    }
}
