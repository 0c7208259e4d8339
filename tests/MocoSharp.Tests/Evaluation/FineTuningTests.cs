using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Training;

namespace MocoSharp.Tests.Evaluation;

public sealed class FineTuningTests : TensorTest
{
    private readonly RunFolder _run = new(Directory.CreateTempSubdirectory("moco-tuning-").FullName);

    [Fact]
    public void Freezing_holds_the_runs_encoder_and_nothing_of_the_one_from_scratch()
    {
        using (Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions)) EncoderFile.Write(_run.Encoder, encoder);
        IReadOnlyList<FineTuneScore> free = Scores("none", rates: [0.05]), frozen = Scores("1", rates: [0.05]);
        Assert.Equal([FineTuneScore.Scratch, FineTuneScore.FineTuned], frozen.Select(static score => score.Start));
        Assert.Equal(Confidences(free[0]), Confidences(frozen[0]));
        Assert.NotEqual(Confidences(free[1]), Confidences(frozen[1]));

        static float[] Confidences(FineTuneScore score) => score.Draws[0].Test.Confidences;
    }

    [Fact]
    public void Held_out_labels_choose_an_epoch_beside_the_last_and_change_nothing_of_it()
    {
        using (Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions)) EncoderFile.Write(_run.Encoder, encoder);
        FineTuneDraw chosen = Scores("none", rates: [0.05, 0.02])[1].Draws[0],
            alone = Scores("none", rates: [chosen.Rate])[1].Draws[0];
        Assert.Null(alone.Best);                            // nothing was held out
        Assert.Equal(alone.Test.Confidences, chosen.Test.Confidences);
        Assert.InRange(chosen.Best!.Epoch, 1, chosen.Epochs);
        Assert.InRange(chosen.Best.Accuracy, 0, 1);
        if (chosen.Best.Epoch == chosen.Epochs) Assert.Equal(chosen.Test.Accuracy, chosen.Best.Accuracy);
    }

    [Fact]
    public void A_stage_that_is_not_there_is_told_before_anything_is_trained()
    {
        File.WriteAllText(_run.Encoder, "never read");
        List<string> done = [];
        Assert.Equal(ErrorIds.UnknownStage, Assert.Throws<MocoException>(() => Scores("layer9", done.Add)).Id);
        Assert.Empty(done);
    }

    [Fact]
    public void Where_no_higher_rate_works_lower_ones_are_tried()
    {
        using (Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions))
        {
            using (GradMode.Off())
                // features that no rate can save
                foreach ((_, Tensor value) in encoder.Parameters().Where(static p => p.Value.Rank == 1).TakeLast(2))
                    value.FillInPlace(1e30);
            EncoderFile.Write(_run.Encoder, encoder);
        }
        List<string> done = [];
        Assert.Contains("0.0001", Assert.Throws<OptionException>(() => Scores("none", done.Add)).Message, StringComparison.Ordinal);
        foreach (string rate in new[] { "0.1", "0.03", "0.01", "0.003", "0.001", "0.0003", "0.0001" })
            Assert.Contains(done, line => line.StartsWith($"{FineTuneScore.FineTuned}, choosing the rate: {rate}:",
                StringComparison.Ordinal));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_run.Root, recursive: true);
    }

    private IReadOnlyList<FineTuneScore> Scores(string freeze, Action<string>? doing = null, IReadOnlyList<double>? rates = null)
    {
        Recipe recipe = new(Recipe.CurrentFormat, "tiny", Tiny.EncoderOptions, Tiny.MoCoOptions,
            [new ViewSettings([new RandomResizedCrop(8)], ChannelStats.Half, Repeat: 2)],
            new TrainingSettings(1, 8, Precision: Precision.Fp32), new SgdSettings(), new ConstantRate(0.1));
        using TrainingData data = new(new TinySource(32), new TinySource(10, seed: 2), ["tiny"]);
        return FineTuning.Run(new EvaluatedRun(_run, recipe, data, new Watch(onDoing: doing)),
            new FineTuneOptions(LabelBudget.All, freeze, AgainstScratch: true, Epochs: 2, BatchSize: 8, Rates: rates),
            cancel: TestContext.Current.CancellationToken);
    }
}
