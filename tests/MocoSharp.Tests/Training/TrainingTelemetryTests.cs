using System.Diagnostics;
using System.Diagnostics.Metrics;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What programs hear that listen to a training.</summary>
public sealed class TrainingTelemetryTests : TensorTest
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-telemetry").FullName;

    [Fact]
    public void Metrics_and_spans_count_what_the_training_did()
    {
        Dictionary<string, double> sums = [];
        List<string> spans = [];
        using MeterListener metrics = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == TrainingTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            },
        };
        metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        metrics.Start();
        using ActivityListener traces = new()
        {
            ShouldListenTo = static source => source.Name == TrainingTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => spans.Add(span.OperationName),
        };
        ActivitySource.AddActivityListener(traces);
        TrainingResult result = Trained();
        Assert.Equal(result.Steps, sums["mocosharp.training.updates"]);
        Assert.Equal(8 * result.Steps, sums["mocosharp.training.images"]);
        Assert.Equal(0, sums["mocosharp.training.sent"]);
        Assert.True(sums["mocosharp.training.loss"] > 0);
        Assert.Equal(["epoch", "test", "checkpoint", "epoch", "test", "checkpoint"], spans);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (!tags.ToArray().Contains(new("mocosharp.run", "run"))) return;
            sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private TrainingResult Trained()
    {
        Recipe recipe = TinyRecipes.For("moco");
        recipe = recipe with
        {
            Training = recipe.Training with { BatchSize = 8, Epochs = 2 },
            Checkpoints = recipe.Checkpoints with { EveryEpochs = 1 },
            Monitor = recipe.Monitor with { EveryEpochs = 1 },
        };
        using TrainingData data = new(new TinySource(24), new TinySource(10, seed: 2), ["tiny"]);
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(_root, "run"));
        return run.Train();
    }
}
