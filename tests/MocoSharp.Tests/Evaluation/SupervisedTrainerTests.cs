using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.Blocks;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Tests.Evaluation;

public sealed class SupervisedTrainerTests : TensorTest
{
    private static Recipe TinyRecipe => new(Recipe.CurrentFormat, "tiny", Tiny.EncoderOptions, Tiny.MoCoOptions,
        [new ViewSettings([new RandomResizedCrop(8)], ChannelStats.Half, Repeat: 2)], new TrainingSettings(1, 8, Precision: Precision.Fp32),
        new SgdSettings(), new ConstantRate(0.1));

    [Theory]
    [InlineData("none", 0)]
    [InlineData("stem", 1)]
    [InlineData("layer2", 3)]
    [InlineData("0.5", 2)]
    [InlineData("1", 5)]
    public void Frozen_stages_keep_every_bit_and_the_others_learn(string freeze, int frozen)
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        using ProjectionNetwork network = new(encoder, new Linear(encoder.Features, 2));
        FrozenStages stages = FrozenStages.Of(encoder, freeze);
        Assert.Equal(frozen, stages.Names.Count);
        Dictionary<string, float[]> before = Values(encoder);
        SupervisedTrainer trainer = new(TinyRecipe, new FineTuneOptions(LabelBudget.All, freeze, BatchSize: 8));
        Assert.True(trainer.Train(network, new TinySource(32), rate: 0.05, epochs: 1, static _ => { }, after: null,
            TestContext.Current.CancellationToken));
        Dictionary<string, float[]> after = Values(encoder);
        foreach (string name in before.Keys.Where(static name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            string stage = name.StartsWith("layer", StringComparison.Ordinal) ? name[..6] : "stem";
            Assert.True(stages.Names.Contains(stage) == before[name].AsSpan().SequenceEqual(after[name]), name);
        }
    }

    [Fact]
    public void It_learns_to_tell_dark_from_light()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        using ProjectionNetwork network = new(encoder, new Linear(encoder.Features, 2));
        SupervisedTrainer trainer = new(TinyRecipe, new FineTuneOptions(LabelBudget.All, BatchSize: 8));
        Assert.True(trainer.Train(network, new TinySource(32), rate: 0.05, epochs: 15, static _ => { }, after: null,
            TestContext.Current.CancellationToken));
        FeatureSet logits = new FeatureExtractor(TinyRecipe.Data, TinyRecipe.EvaluationView(), Compute.WithoutNetwork)
            .Extract(new TinySource(40, seed: 9), network.Forward, cancel: TestContext.Current.CancellationToken);
        Assert.True(Enumerable.Range(0, 40).Count(i => (logits.Row(i)[1] > logits.Row(i)[0]) == (logits.Labels[i] == 1)) >= 36);
    }

    public static TheoryData<string> Encoders => [.. EncoderRegistry.Names, "pair-resnet18-small", "pair-xresnet18"];

    [Theory, MemberData(nameof(Encoders))]
    public void Half_of_the_stages_of_any_encoder_is_its_first_half(string name)
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.Encoder(name));
        HashSet<Tensor> Weights(string freeze) =>
            [.. FrozenStages.Of(encoder, freeze).Modules.SelectMany(static module => module.Parameters())
            .Select(static item => item.Value)];
        int all = encoder.Parameters().Count();
        Assert.Empty(Weights("none"));
        Assert.Equal(all, Weights("1").Count);
        HashSet<Tensor> before = [];
        for (int i = 0; i < encoder.Stages.Count - 1; i++)
        {
            HashSet<Tensor> frozen = Weights(encoder.Stages[i].Name);
            Assert.Superset(before, frozen);
            Assert.InRange(frozen.Count, before.Count + 1, all - 1);
            before = frozen;
        }
    }

    [Fact]
    public void A_stage_that_is_not_there_is_named_with_those_that_are()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        MocoException error = Assert.Throws<MocoException>(() => FrozenStages.Of(encoder, "layer9"));
        Assert.Equal(ErrorIds.UnknownStage, error.Id);
        Assert.Contains("stem, layer1, layer2, layer3, layer4", error.Fix!, StringComparison.Ordinal);
    }

    private static Dictionary<string, float[]> Values(Encoder encoder) => encoder.State()
        .ToDictionary(static item => item.Name, static item =>
    {
        using TensorScope scope = TensorScope.Begin();
        return item.Value.To(DType.Float32).ToArray<float>();
    });
}
