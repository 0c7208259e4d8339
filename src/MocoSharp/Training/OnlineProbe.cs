using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Training;

/// <summary>A linear classifier that learns beside the encoder from some labeled pictures, by an Adam of its own. No gradient reaches the
/// encoder.</summary>
/// <remarks>As in Keras' NNCLR example: each batch brings labeled pictures; their views join the unlabeled ones in the loss where the
/// recipe says so, and one more view, of the probe's own making, is classified after the update. The encoder is in evaluation mode for it,
/// so its running statistics do not move. Its loss over the batches is <c>p_loss</c>, its accuracy <c>p_acc</c>; on the test pictures, not
/// augmented, <c>val_p_acc</c>.</remarks>
internal sealed class OnlineProbe : ICheckpointPart, IDisposable
{
    private readonly Recipe _recipe;
    private readonly TrainingData _data;
    private readonly Method _method;
    private readonly BatchReader _reader;
    private readonly Compute _compute;
    private readonly Linear _layer;
    private const string OfOptimizer = "optimizer.";
    private readonly Adam _optimizer;
    private readonly ViewLoader _loader;
    private IEnumerator<ViewBatch>? _batches;
    private long _next = -1;
    private ViewBatch? _current;

    private OnlineProbe(Recipe recipe, ProbeSettings settings, TrainingData data, Method method, BatchReader reader, Compute compute)
    {
        (_recipe, _data, _method, _reader, _compute) = (recipe, data, method, reader, compute);
        LoaderOptions options = EpochLoaders.Options(recipe) with { BatchSize = settings.BatchSize, Seed = recipe.Training.Seed + 1 };
        int[] known = [.. Enumerable.Range(0, data.Labeled.Count).Where(i => data.Labeled.Label(i) >= 0)];
        if (known.Length < settings.BatchSize)
            throw new OptionException("probe.batchSize", settings.BatchSize, $"and {known.Length} pictures are labeled",
                fix: $"set probe.batchSize to {known.Length} or less, or label more pictures", at: data.Paths[0]);
        _loader = new ViewLoader(known.Length == data.Labeled.Count ? data.Labeled : data.Labeled.Take(known),
            new ViewRecipe([.. recipe.ViewRecipe().Views, settings.View.Pipeline()]), options);
        _layer = new Linear(method.Encoder.Features, data.Labeled.Classes.Count);
        _layer.MoveTo(compute.Device);
        _optimizer = new Adam(ParameterGroup.Of(_layer.Parameters(), weightDecay: 0, decayNormsAndBiases: true));
    }

    private ProbeSettings Settings => _recipe.Probe!;

    /// <summary>Makes one; null where the recipe has none.</summary>
    /// <exception cref="MocoException">Nothing is labeled, or less than a batch of the probe, or the method cannot take pictures that are
    /// not the training's.</exception>
    internal static OnlineProbe? Open(Recipe recipe, TrainingData data, Method method, BatchReader reader, Compute compute)
    {
        if (recipe.Probe is not { } settings) return null;
        if (data.Labeled.Classes.Count == 0)
            throw new MocoException(ErrorIds.NoLabels, "the recipe has an online probe, and no picture is labeled", at: data.Paths[0],
                fix: "give labeled pictures (class folders, or --labels file.csv), or leave the recipe's probe out");
        if (settings.Joint && !method.CanValidate)
            throw new OptionException("probe.joint", true,
                $"and {MethodRegistry.NameOf(recipe.Method)} remembers each training picture by its place",
                fix: "set probe.joint to false");
        return new OnlineProbe(recipe, settings, data, method, reader, compute);
    }

    /// <summary>What the method is to learn from: the batch, with the labeled pictures' views behind it where they join.</summary>
    /// <param name="batch">The unlabeled pictures.</param>
    /// <param name="address">Batches of the whole training before this one: which labeled pictures come depends on it alone.</param>
    internal Batch Take(Batch batch, long address)
    {
        _current?.Dispose();
        if (_next != address) Seek(address);
        if (!_batches!.MoveNext())
        {
            Seek(address);
            _batches!.MoveNext();
        }
        _current = _batches.Current;
        _next = address + 1;
        if (!Settings.Joint) return batch;
        Batch labeled = _reader.Read(_current, address);
        int first = _data.Train.Count;                                     // labeled pictures have places behind the training's
        return new Batch([.. Enumerable.Range(0, batch.Views)
            .Select(view => Tensor.Cat([batch.View(view), labeled.View(view)]).Contiguous(MemoryFormat.ChannelsLast))],
            [.. batch.Indices, .. labeled.Indices.Select(index => first + index)], [.. batch.Labels, .. labeled.Labels],
            _recipe.Training.Seed, address);
    }

    /// <summary>Learns from the labeled pictures of the last batch.</summary>
    /// <returns>Before the step: the loss in nats, and the share that was classified rightly.</returns>
    internal Dictionary<string, double> Step()
    {
        using TensorScope scope = TensorScope.Begin();
        int[] classes = _current!.Labels.ToArray();
        _method.Train(false);
        Tensor features = Functional.NoGrad(() => _method.Encoder.Forward(_reader.View(_current, _current.Views - 1)));
        _method.Train();
        Tensor logits = _layer.Forward(features), labels = Tensor.From([.. classes.Select(static label => (long)label)], classes.Length)
            .To(logits.Device);
        double right = logits.Detach().ArgMax(1).EqualTo(labels).To(DType.Float32).Mean().ToDouble();
        Tensor loss = Functional.CrossEntropy(logits, labels);
        loss.Backward();
        _optimizer.Update(Settings.Rate);
        _current.Dispose();
        _current = null;
        return new() { ["p_loss"] = loss.ToDouble(), ["p_acc"] = right };
    }

    /// <summary>The share of test pictures that is classified rightly; null without labeled test pictures.</summary>
    internal double? Accuracy(Action<string> warned)
    {
        if (!_data.CanTest) return null;
        _method.Train(false);
        try
        {
            FeatureSet test = new FeatureExtractor(_recipe.Data, _recipe.EvaluationView(), _compute, warned)
                .Extract(_data.Test!, x => _layer.Forward(_method.Encoder.Forward(x)));
            int known = 0, right = 0;
            for (int i = 0; i < test.Count; i++)
            {
                if (test.Labels[i] < 0) continue;
                known++;
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(test.Row(i)) == test.Labels[i]) right++;
            }
            return known == 0 ? null : (double)right / known;
        }
        finally
        {
            _method.Train();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        [.. _layer.State(), .. _optimizer.State.Select(static item => (OfOptimizer + item.Name, item.Value))];

    /// <inheritdoc/>
    public void Load(SafetensorsFile file, string path)
    {
        IReadOnlyDictionary<string, Tensor> values = file.ReadAll();
        _layer.Load(values, path, strict: false);
        Dictionary<string, Tensor> moments = values.Where(static v => v.Key.StartsWith(OfOptimizer, StringComparison.Ordinal))
            .ToDictionary(static v => v.Key[OfOptimizer.Length..], static v => v.Value);
        // where older versions kept the count
        if (values.TryGetValue("updates", out Tensor? updates)) moments.TryAdd("updates", updates);
        _optimizer.Restore(moments, path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current?.Dispose();
        _batches?.Dispose();
        _optimizer.Dispose();
        _layer.Dispose();
    }

    private void Seek(long address)
    {
        _batches?.Dispose();
        (long epoch, long batch) = Math.DivRem(address, _loader.BatchesPerEpoch);
        _batches = _loader.Epoch((int)epoch, (int)batch).GetEnumerator();
    }
}
