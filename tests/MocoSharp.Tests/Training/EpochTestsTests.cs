using MocoSharp.Encoders;
using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

public sealed class EpochTestsTests : TinyRuns
{
    [Fact]
    public void A_validation_loss_that_is_no_number_is_told_of_and_left_out()
    {
        Recipe recipe = Recipe() with { Monitor = new MonitorSettings(EveryEpochs: 1, Neighbors: 5, ValidationLoss: true) };
        using TrainingData data = Data();
        using NoNumbers method = new();
        Watch observer = new();
        EpochTests tests = new(recipe, data, method, new BatchReader(Compute.WithoutNetwork, seed: 1), Compute.WithoutNetwork, probe: null,
            SharedWork.Alone, observer);
        EpochScores scores = tests.Run(epoch: 1, isLast: true, TestContext.Current.CancellationToken)!.Value;
        Assert.Null(scores.Validation);
        Assert.NotNull(scores.Knn);
        Assert.Contains(observer.Warnings,
            static warning => warning.StartsWith("the validation pass of epoch 1 gave NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void A_measure_that_is_no_number_is_told_of_and_left_out()
    {
        using TrainingData data = Data();
        using NoNumbers method = new();
        Watch observer = new();
        EpochTests tests = new(Recipe(), data, method, new BatchReader(Compute.WithoutNetwork, seed: 1), Compute.WithoutNetwork,
            probe: null, SharedWork.Alone, observer);
        Assert.Equal(new Dictionary<string, double> { ["fill"] = 1 },
            tests.Finite(new() { ["fill"] = 1, ["spread"] = double.PositiveInfinity }, epoch: 4));
        Assert.Contains("'spread' of epoch 4", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Its loss is never a number.</summary>
    private sealed class NoNumbers : Method
    {
        internal NoNumbers() => Encoder = Register("net", EncoderRegistry.Create(Tiny.EncoderOptions));

        public override Encoder Encoder { get; }

        public override StepResult Step(Batch batch) => new(Tensor.Scalar(double.NaN));

        public override Tensor Project(Tensor pictures) => Encoder.Forward(pictures);
    }
}
