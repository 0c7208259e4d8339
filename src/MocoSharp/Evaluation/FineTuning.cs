using System.Text.Json.Serialization;
using MocoSharp.Encoders;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Evaluation;

/// <summary>The fine-tuning test: the run's encoder goes on learning from few labels, and beside it the same network from random
/// weights.</summary>
/// <remarks>The learning rate is chosen on a fifth of the labels, held out; then the network learns from all of them and is tested. Test
/// pictures play no part in the choice.</remarks>
public sealed class FineTuning
{
    private readonly EvaluatedRun _run;
    private readonly FineTuneOptions _options;
    private readonly CancellationToken _cancel;
    private readonly SupervisedTrainer _trainer, _scratchTrainer;
    private int[]? _labels;

    private FineTuning(EvaluatedRun run, FineTuneOptions options, CancellationToken cancel)
    {
        (_run, _options, _cancel) = (run, options.Checked(), cancel);
        _trainer = new SupervisedTrainer(run.Recipe, options);
        // random stages are nothing to keep
        _scratchTrainer = new SupervisedTrainer(run.Recipe, options with { Freeze = FrozenStages.None });
    }

    /// <summary>Runs it.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="options">How.</param>
    /// <param name="keep">Gets the first draw's network, trained from the run's encoder, before it is freed; null for nobody.</param>
    /// <param name="cancel">Stops between updates.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002 to MS5004: labels do not suffice. MS5009: there is no
    /// such stage to freeze.</exception>
    public static IReadOnlyList<FineTuneScore> Run(EvaluatedRun run, FineTuneOptions options, Action<SavedHead>? keep = null,
        CancellationToken cancel = default)
    {
        run.RequireEncoder("fine-tuning");
        run.Require();
        // told before an hour from scratch
        using (Encoder stages = EncoderRegistry.Create(run.Recipe.Encoder.WithoutSplits)) _ = FrozenStages.Of(stages, options.Freeze);
        FineTuning test = new(run, options, cancel);
        List<FineTuneScore> scores = [];
        if (options.AgainstScratch) scores.Add(test.All(FineTuneScore.Scratch, keep: null));
        scores.Add(test.All(FineTuneScore.FineTuned, keep));
        return scores;
    }

    private FineTuneScore All(string start, Action<SavedHead>? keep)
    {
        IImageSource train = _run.Data.Labeled, test = _run.Data.Test!;
        _labels ??= ReadableLabels.Of(train, _run.Recipe.Data.Request(), _run.Warn, _cancel);
        LabelSampler sampler = new(_labels,
            [.. Enumerable.Range(0, test.Count).Select(test.Label)], train.Classes,
            new FewLabelOptions(_options.Labels.ClassCount, _options.Labels.ClassShare, _options.Draws, _options.Seed));
        List<FineTuneDraw> draws = [];
        for (int draw = 0; draw < _options.Draws; draw++) draws.Add(One(start, draw, sampler.Rows(draw), draw == 0 ? keep : null));
        return new FineTuneScore(start, draws);
    }

    private FineTuneDraw One(string start, int draw, int[] rows, Action<SavedHead>? keep)
    {
        SupervisedTrainer trainer = start == FineTuneScore.Scratch ? _scratchTrainer : _trainer;
        string what = _options.Draws == 1 ? start : $"{start}, draw {draw + 1} of {_options.Draws}";
        int epochs = _options.EpochsFor(rows.Length);
        RateChoice choice = Choose(start, draw, rows, epochs, what, isWanted: _options.Rates.Count > 1 || keep is not null);
        using ProjectionNetwork final = Start(start, draw);
        BestEpoch? best = null;
        if (!trainer.Train(final, _run.Data.Labeled.Take(rows), choice.Rate, epochs,
            Tell($"{what}, all labels, rate {choice.Rate}", epochs), choice.Epoch is null ? null : LookAt, _cancel))
            throw new OptionException("rates", _options.Rates, $"and the loss became no number at {choice.Rate}",
                fix: "give a lower rate");
        ClassificationResult tested = Test(final, _run.Data.Test!);
        if (choice.Epoch == epochs) best = new BestEpoch(epochs, tested.Accuracy);
        keep?.Invoke(new SavedHead(HeadOf(final), FeatureSpace.Backbone, choice.HeldOut, Precision: null, EncoderChecksum: "",
            [.. final.Encoder.State()]));
        return new FineTuneDraw(tested, choice.Rate, rows.Length, epochs, [.. choice.Tried.OrderBy(static one => one.Rate)], best);

        void LookAt(int epoch)
        {
            if (epoch + 1 == choice.Epoch) best = new BestEpoch(epoch + 1, Test(final, _run.Data.Test!).Accuracy);
        }
    }

    /// <summary>Chooses a rate, and the epoch at which it does best, on labels that are held out.</summary>
    private RateChoice Choose(string start, int draw, int[] rows, int epochs, string what, bool isWanted)
    {
        SupervisedTrainer trainer = start == FineTuneScore.Scratch ? _scratchTrainer : _trainer;
        int[] fold = StratifiedRows.Folds([.. rows.Select(_run.Data.Labeled.Label)], _run.Data.Labeled.Classes.Count,
            FineTuneOptions.HeldOutFolds, _options.Seed);
        int[] held = [.. rows.Where((_, i) => fold[i] == 0)], seen = [.. rows.Where((_, i) => fold[i] != 0)];
        if (held.Length == 0 && _options.Rates.Count > 1)
            throw new MocoException(ErrorIds.TooFewLabels, "every class has one label only, so none can be held out to choose the rate by",
                fix: "give one rate, such as --rate 0.01, or two labels a class");
        RateChoice choice = new(_options.Rates.Min(), null, null, []);
        double highest = -1;
        if (held.Length == 0 || !isWanted) return choice;
        foreach (double candidate in _options.Rates.Order()) Try(candidate);
        foreach (double lower in _options.LowerRates)
            if (choice.Rate <= choice.Tried.Min(static one => one.Rate)) Try(lower);      // the lowest did best: the best may lie below
        return choice;

        void Try(double candidate)
        {
            using ProjectionNetwork network = Start(start, draw);
            (int epoch, double best) = (0, -1);
            bool learned = trainer.Train(network, _run.Data.Labeled.Take(seen), candidate, epochs,
                Tell($"{what}, choosing the rate: {candidate}", epochs), done => Note(done + 1), _cancel);
            ClassificationResult? result = learned ? Note(epochs) : null;
            choice.Tried.Add(new TriedRate(candidate, result is null ? null : 100 * result.Accuracy));
            if (result is null && highest < 0) choice = choice with { Rate = Math.Min(choice.Rate, candidate) };
            if (result is null || result.Accuracy <= highest) return;
            highest = result.Accuracy;
            choice = choice with
            {
                Rate = candidate,
                Epoch = epoch,
                HeldOut = HeldOut.Of(result, [.. held.Select(_run.Data.Labeled.Label)]),
            };

            ClassificationResult Note(int done)
            {
                ClassificationResult now = Test(network, _run.Data.Labeled.Take(held));
                if (now.Accuracy > best) (epoch, best) = (done, now.Accuracy);
                return now;
            }
        }
    }

    /// <summary>What held-out labels choose.</summary>
    /// <param name="Rate">The rate whose network names most of them right after its last epoch.</param>
    /// <param name="Epoch">The epoch at which that network names most of them right, from 1; null where none are held out.</param>
    /// <param name="HeldOut">What that network makes of them; null where none are held out.</param>
    /// <param name="Tried">All rates.</param>
    private sealed record RateChoice(double Rate, int? Epoch, HeldOut? HeldOut, List<TriedRate> Tried);

    private Action<int> Tell(string what, int epochs) => epoch => _run.Doing($"{what}: epoch {epoch + 1} of {epochs}");

    private ProjectionNetwork Start(string start, int draw)
    {
        Runtime.Seed(start == FineTuneScore.Scratch ? _run.Recipe.Training.Seed + (ulong)draw : _options.Seed + (ulong)draw);
        Encoder encoder = start == FineTuneScore.Scratch ? EncoderRegistry.Create(_run.Recipe.Encoder.WithoutSplits)
            : ComparedNetwork.Trained(_run.Folder, _run.Recipe);
        Linear head = new(encoder.Features, _run.Data.Labeled.Classes.Count);
        using GradMode off = GradMode.Off();
        foreach ((_, Tensor value) in head.Parameters())
        {
            if (value.Rank > 1) value.NormalInPlace(0, 0.01);
            else value.ZeroInPlace();
        }
        ProjectionNetwork network = new(encoder, head);
        network.MoveTo(_run.Compute.Device);
        return network;
    }

    private ClassificationResult Test(ProjectionNetwork network, IImageSource source)
    {
        network.Train(false);
        FeatureExtractor extractor = _run.Extractor(_run.Recipe.EvaluationView(), _run.Compute);
        return HeadOf(network).Evaluate(extractor.Extract(source, network.Encoder.Forward, cancel: _cancel));
    }

    private LinearHead HeadOf(ProjectionNetwork network)
    {
        Dictionary<string, Tensor> parameters = network.Head.Parameters().ToDictionary(static p => p.Name, static p => p.Value);
        return new LinearHead(parameters["weight"].ToArray<float>(), parameters["bias"].ToArray<float>(), _run.Data.Labeled.Classes);
    }
}

/// <summary>What came of one start.</summary>
/// <param name="Start">scratch or fine-tuned.</param>
/// <param name="Draws">Each, in order.</param>
public sealed record FineTuneScore(string Start, IReadOnlyList<FineTuneDraw> Draws)
{
    /// <summary>From random weights.</summary>
    public const string Scratch = "scratch";

    /// <summary>From the run's encoder.</summary>
    public const string FineTuned = "fine-tuned";

    /// <summary>The same as a list of draws of labels: mean, spread.</summary>
    public FewLabelResult Result =>
        new([.. Draws.Select(static draw => new FewLabelDraw(draw.Test.Accuracy, draw.Rate, new int[draw.Labels], draw.Test,
            Best: draw.Best))]);

    /// <summary>All draws' test pictures together.</summary>
    public ConfusionMatrix Confusion => ConfusionMatrix.Sum([.. Draws.Select(static draw => draw.Test.Confusion)]);
}

/// <summary>One draw of labels.</summary>
/// <param name="Test">What became of the test pictures.</param>
/// <param name="Rate">The learning rate that was chosen.</param>
/// <param name="Labels">Labels that were learned from.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="Tried">The rates that were compared, from the lowest on. Empty where nothing was to choose.</param>
/// <param name="Best">The epoch that held-out labels choose, beside the last one, which is the result; null where none were held
/// out.</param>
public sealed record FineTuneDraw(ClassificationResult Test, double Rate, int Labels, int Epochs, IReadOnlyList<TriedRate> Tried,
    BestEpoch? Best = null);

/// <summary>A learning rate and what came of it.</summary>
/// <param name="Rate">η of the encoder.</param>
/// <param name="HeldOutAccuracy">On held-out labels, in percent; null where the loss became no number.</param>
public sealed record TriedRate(double Rate, [property: JsonPropertyName("accuracy")] double? HeldOutAccuracy);
