using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>The official linear test: a classifier on frozen features, trained by gradient descent on pictures that are augmented anew in
/// each epoch.</summary>
/// <remarks>He et al. 2020, arXiv:1911.05722, section 4.1. All draws and rates learn in one pass over the pictures. The rate is chosen on
/// held-out labels to learn from, and the classifier of that rate that learned from all labels is tested; test pictures play no part in the
/// choice.</remarks>
internal sealed class SgdProbe(SgdOptions options, FewLabelOptions labels, Device? device = null)
{
    private readonly SgdOptions _options = options.Checked();

    /// <summary>Runs all draws.</summary>
    /// <param name="train">Rows to learn from, seen as in tests: what is held out is named by these.</param>
    /// <param name="epoch">The rows of one epoch, in the order of <paramref name="train"/>; the wanted ones at least.</param>
    /// <param name="test">Rows to test on.</param>
    /// <param name="cancel">Stops between epochs.</param>
    internal IReadOnlyList<SgdDraw> Evaluate(FeatureSet train, Func<int, int[], FeatureSet> epoch, FeatureSet test,
        CancellationToken cancel)
    {
        train.RequireLike(test);
        LabelSampler sampler = new(train.Labels, test.Labels, train.Classes, labels);
        Learner[] learners = [.. Enumerable.Range(0, labels.Draws)
            .Select(draw => new Learner(train, sampler.Rows(draw), draw, _options, labels.Seed, device ?? Device.Cpu))];
        try
        {
            int[] wanted = [.. learners.SelectMany(static learner => learner.Rows).Distinct().Order()];
            Dictionary<int, int> place = wanted.Index().ToDictionary(static item => item.Item, static item => item.Index);
            for (int e = 0; e < _options.Epochs; e++)
            {
                cancel.ThrowIfCancellationRequested();
                FeatureSet seen = epoch(e, wanted);
                foreach (Learner learner in learners) learner.Learn(seen, place, e);
            }
            return [.. learners.Select(learner => learner.Finish(train, test))];
        }
        finally
        {
            foreach (Learner learner in learners) learner.Dispose();
        }
    }

    /// <summary>One draw: classifiers without the held-out labels, to choose a rate by, and classifiers of all labels.</summary>
    private sealed class Learner : IDisposable
    {
        private readonly SgdOptions _options;
        private readonly ulong _seed;
        private readonly Device _device;
        private readonly int _draw;
        private readonly int[] _seen, _held;
        private readonly SgdClassifiers _choosing, _final;
        private readonly FeatureSet _heldRows;
        private readonly Kept?[] _best;

        internal Learner(FeatureSet train, int[] rows, int draw, SgdOptions options, ulong seed, Device device)
        {
            (Rows, _draw, _options, _seed, _device) = (rows, draw, options, seed, device);
            int[] fold = StratifiedRows.Folds([.. rows.Select(row => train.Labels[row])], train.Classes.Count, options.Folds, seed);
            _held = [.. rows.Where((_, i) => fold[i] == 0)];
            _seen = [.. rows.Where((_, i) => fold[i] != 0)];
            (_heldRows, _best) = (train.Take(_held), new Kept?[options.Rates.Count]);
            if (_held.Length == 0 && options.Rates.Count > 1)
                throw new MocoException(ErrorIds.TooFewLabels,
                    "every class has one label only, so none can be held out to choose the rate by",
                    fix: "give one rate, such as --rate 1, or two labels a class");
            Runtime.Seed(seed + (ulong)draw);
            using TensorScope scope = TensorScope.Begin();
            Tensor start = SgdClassifiers.Start(train.Classes.Count, train.Dimensions).To(device);
            _choosing = new SgdClassifiers(start, options.Rates, options.Momentum);
            _final = new SgdClassifiers(start, options.Rates, options.Momentum);
        }

        internal int[] Rows { get; }

        internal void Learn(FeatureSet features, Dictionary<int, int> place, int epoch)
        {
            Learn(_final, Rows, features, place, epoch, use: 0);
            if (_held.Length == 0) return;
            Learn(_choosing, _seen, features, place, epoch, use: 1);
            for (int rate = 0; rate < _best.Length; rate++) Keep(rate, epoch + 1);
        }

        /// <summary>Keeps the classifier of all labels as it is when the one beside it names most held-out labels right.</summary>
        private void Keep(int rate, int epoch)
        {
            if (_choosing.Head(rate, _heldRows.Classes)?.Evaluate(_heldRows).Accuracy is not { } accuracy
                || accuracy <= _best[rate]?.HeldOut || _final.Head(rate, _heldRows.Classes) is not { } head) return;
            _best[rate] = new Kept(epoch, accuracy, head);
        }

        private void Learn(SgdClassifiers classifiers, int[] rows, FeatureSet features, Dictionary<int, int> place, int epoch, int use)
        {
            int[] order = [.. rows.Select(row => place[row])];
            Rng.For(_seed, epoch, _draw, use).Shuffle<int>(order);
            foreach (int[] chunk in order.Chunk(_options.BatchSize))
            {
                using TensorScope scope = TensorScope.Begin();
                FeatureSet batch = features.Take(chunk);
                classifiers.Step(Tensor.From(batch.Values, chunk.Length, batch.Dimensions).To(_device), batch.Labels,
                    _options.Factor(epoch));
            }
        }

        internal SgdDraw Finish(FeatureSet train, FeatureSet test)
        {
            int chosen = 0;
            HeldOut? heldOut = null;
            double highest = -1;
            for (int rate = 0; rate < _options.Rates.Count && _held.Length > 0; rate++)
            {
                if (_choosing.Head(rate, train.Classes) is not { } candidate || _final.Head(rate, train.Classes) is null) continue;
                ClassificationResult result = candidate.Evaluate(_heldRows);
                if (result.Accuracy <= highest) continue;
                (highest, chosen, heldOut) = (result.Accuracy, rate, HeldOut.Of(result, _heldRows.Labels));
            }
            LinearHead head = _final.Head(chosen, train.Classes)
                ?? throw new OptionException("rates", _options.Rates,
                "and every one drives the classifier to something that is not a number", fix: "give a lower rate");
            ClassificationResult tested = head.Evaluate(test);
            BestEpoch? best = heldOut is not null && _best[chosen] is { } kept
                ? new BestEpoch(kept.Epoch, kept.Head.Evaluate(test).Accuracy) : null;
            return new SgdDraw(new FewLabelDraw(tested.Accuracy, _options.Rates[chosen], Rows, tested, head, best), heldOut);
        }

        public void Dispose()
        {
            _choosing.Dispose();
            _final.Dispose();
        }

        private sealed record Kept(int Epoch, double HeldOut, LinearHead Head);
    }
}

/// <summary>One draw of <see cref="SgdProbe"/>.</summary>
/// <param name="Draw">What came out.</param>
/// <param name="HeldOut">The held-out labels that the rate was chosen by; null where there were none.</param>
internal sealed record SgdDraw(FewLabelDraw Draw, HeldOut? HeldOut);
