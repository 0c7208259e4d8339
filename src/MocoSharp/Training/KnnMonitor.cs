using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Asks while training whether near features mean equal labels: top-1 of a weighted kNN vote.</summary>
/// <remarks>Wu et al. 2018, arXiv:1805.01978, section 3.4. Networks are in evaluation mode, pictures are not augmented. Its value is
/// measured on the test pictures, so the best of several epochs flatters.</remarks>
internal sealed class KnnMonitor(Recipe recipe, TrainingData data, Compute compute, SharedWork work, Action<string> warned)
{
    // a setting that cannot be is told of before an epoch is over
    private readonly KnnClassifier _classifier = new(recipe.Monitor.Neighbors, recipe.Monitor.Temperature, compute.Device) { Work = work };

    // The last test's, whose memory the next one takes: beside a gigabyte of decoded pictures the collector would let a test's features lie
    // for an hour.
    private FeatureSet? _bank, _queries;

    internal bool IsDue(int epoch, bool isLast) => recipe.Monitor.EveryEpochs > 0 && (isLast || epoch % recipe.Monitor.EveryEpochs == 0);

    /// <summary>Top-1 in percent.</summary>
    /// <param name="method">Its networks give the features.</param>
    /// <param name="cancel">Ends the test with an <see cref="OperationCanceledException"/>, between batches or blocks.</param>
    internal double Accuracy(Method method, CancellationToken cancel)
    {
        method.Train(false);
        try
        {
            if (recipe.Monitor.Features == MonitorFeatures.AllViews)
            {
                FeatureSet Joined(IImageSource source) =>
                    ViewFeatures.Joined(ViewFeatures.OfEach(recipe, compute, method.Represent, source, warned, work, cancel));
                return Percent(_classifier.Evaluate(Joined(data.Labeled), Joined(data.Test!), cancel));
            }
            Func<Tensor, Tensor> network = recipe.Monitor.Features == MonitorFeatures.Projected ? method.Project : method.Encoder.Forward;
            FeatureExtractor extractor = new(recipe.Data, recipe.EvaluationView(), compute, warned) { Work = work };
            _bank = extractor.Extract(data.Labeled, network, _bank, cancel: cancel);
            _queries = extractor.Extract(data.Test!, network, _queries, cancel: cancel);
            return Percent(_classifier.Evaluate(_bank, _queries, cancel));
        }
        finally
        {
            method.Train();
        }
    }

    private double Percent(ClassificationResult result)
    {
        if (result.Note is { } note) warned($"in the kNN test {note}");
        return 100 * result.Accuracy;
    }
}
