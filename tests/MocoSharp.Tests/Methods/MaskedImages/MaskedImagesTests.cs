using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MaskedImages;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Methods.MaskedImages;

/// <summary>Both methods against the papers' formulas in PyTorch, and what their masks must be.</summary>
public sealed class MaskedImagesTests : TensorTest
{
    [Theory, InlineData("mae"), InlineData("simmim")]
    public void Loss_and_gradients_equal_the_reference(string name)
    {
        JsonElement golden = Golden.Open("masked"), run = golden.GetProperty(name);
        (int count, int side) = (golden.Whole("batch"), golden.Whole("side"));
        using Method method = Create(name, golden);
        GoldenSteps.Fill(method, gain: 1, static own => own);
        method.ConvertTo(DType.Float64);
        StepResult step = method.Step(new GoldenBatch(count, side));
        Tolerance.Close(run.Number("loss"), step.Loss.ToDouble(), 1e-7 * run.Number("loss"), "loss");      // positions are in float32
        step.Loss.Backward();
        Dictionary<string, Tensor> parameters = method.Parameters().ToDictionary(static p => p.Name, static p => p.Value);
        foreach (JsonProperty norm in run.GetProperty("gradients").EnumerateObject())
            Tolerance.Close(norm.Value.GetDouble(), parameters[norm.Name].Grad!.Norm().ToDouble(), 1e-6 * norm.Value.GetDouble(),
                norm.Name);
    }

    [Fact]
    public void What_is_hidden_changes_nothing_that_the_encoder_sees()
    {
        using MaskedAutoencoder method = new(new MethodParts(Encoder, pictures: 8), new MaskedAutoencoderOptions(DecoderFeatures: 16,
            DecoderDepth: 1, DecoderHeads: 2, NormalizeTargets: false));
        using GradMode off = GradMode.Off();
        Batch batch = Tiny.Batch(count: 2, views: 1, side: 32);
        // a patch of the first picture that is kept, and one that is not
        long[] order = batch.Orders(0, 16);
        double loss = method.Step(batch).Loss.ToDouble();
        Assert.Equal(loss, method.Step(batch).Loss.ToDouble());
        Assert.NotEqual(loss, method.Step(Changed(batch, order[0])).Loss.ToDouble());
        // hidden pixels are targets: of 12 hidden patches in each of 2 pictures one is off by 1 more or less
        Tensor changed = Changed(batch, order[15]).View(0);
        Assert.NotEqual(loss, method.Step(Changed(batch, order[15])).Loss.ToDouble());
        Assert.Equal(1.0, (changed - batch.View(0)).Abs().Max().ToDouble(), 1e-6);
    }

    [Fact]
    public void Orders_are_permutations_of_their_own_for_each_sample_and_the_same_when_made_again()
    {
        long[] first = Tiny.Batch(count: 3).Orders(0, 50);
        Assert.Equal(first, Tiny.Batch(count: 3).Orders(0, 50));
        Assert.NotEqual(first, Tiny.Batch(count: 3).Orders(1, 50));
        long[][] each = [.. first.Chunk(50)];
        Assert.All(each, static order => Assert.Equal(Enumerable.Range(0, 50).Select(static i => (long)i), order.Order()));
        Assert.NotEqual(each[0], each[1]);
    }

    [Fact]
    public void A_prediction_of_zeros_has_the_loss_of_chance()
    {
        using MaskedAutoencoder method = new(new MethodParts(Encoder, pictures: 8), new MaskedAutoencoderOptions(DecoderFeatures: 16,
            DecoderDepth: 1, DecoderHeads: 2));
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in method.Parameters())
            if (name.StartsWith("decoder_pred", StringComparison.Ordinal)) value.ZeroInPlace();
        Assert.Equal(method.ChanceLoss!.Value, method.Step(Tiny.Batch(count: 4, views: 1, side: 32)).Loss.ToDouble(), 1e-5);
    }

    [Fact]
    public void Other_encoders_and_parts_that_do_not_fit_end_in_errors()
    {
        Assert.Contains("vit-tiny", Assert.Throws<OptionException>(() => new SimMim(new MethodParts(Tiny.EncoderOptions, 8),
            new SimMimOptions())).Fix, StringComparison.Ordinal);
        Assert.Contains("multiple of 8", Assert.Throws<OptionException>(() => new SimMim(new MethodParts(Encoder, 8),
            new SimMimOptions(MaskSize: 12))).Fix, StringComparison.Ordinal);
        Assert.Throws<OptionException>(() => new MaskedAutoencoder(new MethodParts(Encoder, 8),
            new MaskedAutoencoderOptions(DecoderFeatures: 20)));
        using SimMim method = new(new MethodParts(Encoder, 8), new SimMimOptions(MaskSize: 24));
        Assert.Throws<OptionException>(() => method.Step(Tiny.Batch(count: 2, views: 1, side: 32)));
    }

    [Theory, InlineData("mae", "encoder.patchSize=5", "patchSize"), InlineData("simmim", "method.maskSize=12", "maskSize")]
    public void Views_that_cannot_be_cut_are_refused_before_a_run_begins(string method, string setting, string key)
    {
        Recipe recipe = RecipeFile.Load($"{method}-cifar10", [setting, "training.batchSize=8"]).Recipe;
        using TrainingData data = new(new TinySource(32), new TinySource(10, seed: 2), ["tiny"]);
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        OptionException error = Assert.Throws<OptionException>(() => TrainingRun.Start(new RecipeFile(recipe, ""), data, folder));
        Assert.Equal(key, error.Option);
        Assert.False(Directory.Exists(folder));
    }

    private static VisionTransformerOptions Encoder => new("vit-tiny", Width: 1.0 / 3, Side: 32, PatchSize: 8);

    private static Method Create(string name, JsonElement golden)
    {
        MethodParts parts = new(Encoder, pictures: 8);
        double ratio = golden.GetProperty("ratios").Number(name);
        if (name == "simmim") return new SimMim(parts, new SimMimOptions(ratio, golden.Whole("cell")));
        return new MaskedAutoencoder(parts, new MaskedAutoencoderOptions(ratio, golden.Whole("decoderFeatures"),
            golden.Whole("decoderDepth"), golden.Whole("decoderHeads")));
    }

    // one patch of the first picture 1 brighter
    private static Batch Changed(Batch batch, long patch)
    {
        Tensor pictures = batch.View(0).Clone();
        Tensor place = pictures.Narrow(0, 0, 1).Narrow(2, patch / 4 * 8, 8).Narrow(3, patch % 4 * 8, 8);
        place.CopyFrom(place + 1.0);
        return new Batch([pictures], batch.Indices, batch.Labels, seed: 1, step: 0);
    }

    private sealed class GoldenBatch(int count, int side) : Batch([GoldenSteps.Pictures("masked.view", count, 3, side, DType.Float64)],
        [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], 0, 0)
    {
        public override long[] Orders(int use, int places) =>
            [.. Enumerable.Range(0, Count).SelectMany(i => Fill.Permutation($"order{i}", places))];
    }
}
