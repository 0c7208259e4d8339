using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Encoders;

public sealed class TransformerTests : TensorTest
{
    private const int Batch = 2;

    [Theory, InlineData("vit-tiny"), InlineData("vit-small"), InlineData("convnext-tiny"), InlineData("convnext-atto")]
    public void Features_and_gradients_equal_torchvisions_with_the_same_weights(string name)
    {
        JsonElement golden = Golden.Open("transformers").GetProperty("cases").GetProperty(name);
        int side = golden.Whole("side");
        EncoderOptions options = name.StartsWith("vit", StringComparison.Ordinal)
            ? new VisionTransformerOptions(name, Side: side, PatchSize: golden.Whole("patch"), Positions: Positions.Learned)
            : new ConvNeXtOptions(name);
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(options));
        encoder.ConvertTo(DType.Float64);
        encoder.Train(false);
        Tensor features = encoder.Forward(Fill.Inputs($"{name}.input", Batch, 3, side, side).To(DType.Float64));
        golden.GetProperty("features").HoldsSummary(features, relative: 1e-6);
        (features * Fill.Inputs($"{name}.cotangent", features.Shape).To(DType.Float64)).Sum().Backward();
        Dictionary<string, Tensor> parameters = encoder.Parameters().ToDictionary(static p => p.Name, static p => p.Value);
        JsonProperty[] gradients = [.. golden.GetProperty("gradients").EnumerateObject()];
        Assert.NotEmpty(gradients);
        foreach (JsonProperty expected in gradients) expected.Value.HoldsSummary(parameters[expected.Name].Grad!, relative: 1e-6);
    }

    // timm's numbers for 224 pixels, without classifiers
    [Theory, InlineData("vit-tiny", 5_524_416), InlineData("vit-small", 21_665_664), InlineData("vit-base", 85_798_656),
        InlineData("convnext-tiny", 27_820_128), InlineData("convnext-atto", 3_374_520), InlineData("resnet9", 6_573_120 - 5_120)]
    public void It_has_as_many_weights_as_the_original(string name, long expected)
    {
        EncoderOptions options = name switch
        {
            _ when name.StartsWith("vit", StringComparison.Ordinal) => new VisionTransformerOptions(name, Positions: Positions.Learned),
            _ when name.StartsWith("convnext", StringComparison.Ordinal) => new ConvNeXtOptions(name),
            _ => new EncoderOptions(name),
        };
        using Encoder encoder = EncoderRegistry.Create(options);
        Assert.Equal(expected, encoder.Parameters().Sum(static p => p.Value.ElementCount));
    }

    [Fact]
    public void Fixed_positions_are_those_of_the_original_code() =>
        Golden.Open("transformers").GetProperty("positions").HoldsWhole(SinePositions.Of(3, 4, 16).Squeeze(0), relative: 1e-6);

    [Fact]
    public void Bicubic_sizes_equal_torchs() => Golden.Open("transformers").GetProperty("resized")
        .HoldsWhole(Functional.ResizeBicubic(Fill.Uniform("table", 1, 1, 8, 5, 5), 3, 7), relative: 1e-6);

    [Fact]
    public void A_token_meets_the_same_weights_wherever_it_is_without_positions()
    {
        using VisionTransformer encoder = Transformer(registers: 2);
        encoder.Train(false);
        using GradMode off = GradMode.Off();
        Tensor tokens = Fill.Inputs("tokens", Batch, 6, encoder.Dimension), order = Tensor.From<long>([3, 1, 5, 0, 2, 4]);
        Tensor first = encoder.OfPatches(encoder.Transform(tokens)).IndexSelect(1, order);
        Tolerance.Close(first, encoder.OfPatches(encoder.Transform(tokens.IndexSelect(1, order))), 1e-5);
    }

    [Theory, InlineData(true, 0), InlineData(true, 2), InlineData(false, 0), InlineData(false, 3)]
    public void Taps_are_maps_by_place_whatever_stands_before_the_patches(bool classToken, int registers)
    {
        using VisionTransformer encoder = Transformer(registers, classToken);
        using GradMode off = GradMode.Off();
        Tensor pictures = Fill.Inputs("x", Batch, 3, 16, 24);
        Encoding encoding = encoder.Encode(pictures, "stem", "blocks12");
        Assert.Equal([Batch, encoder.Dimension], encoding.Features.Shape);
        Assert.Equal([Batch, encoder.Dimension, 2, 3], encoding.Maps["blocks12"].Shape);
        Tensor embedded = encoder.Embed(pictures);             // row by row
        Tolerance.Close(embedded.Narrow(1, 4, 1).Squeeze(1).Contiguous(), encoding.Maps["stem"].Narrow(2, 1, 1).Narrow(3, 1, 1)
            .Reshape(Batch, encoder.Dimension), 1e-6);
    }

    [Fact]
    public void Other_sizes_resize_a_learned_table_and_odd_ones_end_in_an_error()
    {
        using VisionTransformer encoder = Transformer(positions: Positions.Learned);
        using GradMode off = GradMode.Off();
        Assert.Equal([Batch, encoder.Features], encoder.Forward(Fill.Inputs("x", Batch, 3, 48, 16)).Shape);
        OptionException error = Assert.Throws<OptionException>(() => encoder.Forward(Fill.Inputs("x", Batch, 3, 20, 16)));
        Assert.Contains("multiple of encoder.patchSize", error.Fix, StringComparison.Ordinal);
        Assert.Throws<OptionException>(() => EncoderRegistry.Create(new VisionTransformerOptions("vit-tiny", BatchNormSplits: 2)));
        Assert.Throws<OptionException>(() => EncoderRegistry.Create(new VisionTransformerOptions("pair-vit-tiny")));
    }

    [Fact]
    public void A_file_says_all_of_it()
    {
        using VisionTransformer encoder = Transformer(registers: 2, classToken: false, positions: Positions.Learned);
        string path = Path.Combine(Directory.CreateTempSubdirectory("moco-test-").FullName, "encoder.safetensors");
        EncoderFile.Write(path, encoder);
        using Encoder read = EncoderFile.Read(path);
        Assert.Equal(encoder.Options, read.Options);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static VisionTransformer Transformer(
        int registers = 0, bool classToken = true, Positions positions = Positions.Fixed) =>
        (VisionTransformer)EncoderRegistry.Create(new VisionTransformerOptions("vit-tiny", Width: 1.0 / 3, Side: 32, PatchSize: 8,
            Positions: positions, Registers: registers, ClassToken: classToken));
}
