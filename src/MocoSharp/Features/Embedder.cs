using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Features;

/// <summary>Turns pictures into feature vectors with a run's trained network, seen as the run's tests see them.</summary>
/// <remarks>The network is loaded at the first call and stays until <see cref="Dispose"/>. Calls from several threads wait for each other: one uses all of libtorch's threads.</remarks>
public sealed class Embedder : IDisposable
{
    private readonly RunFolder _folder;
    private readonly Recipe _recipe;
    private readonly IProgress<RunProgress>? _progress;
    private readonly Lazy<ComparedNetwork> _network;
    private readonly Lock _lock = new();

    internal Embedder(RunFolder folder, Recipe recipe, FeatureSpace features, IProgress<RunProgress>? progress)
    {
        (_folder, _recipe, Features, _progress) = (folder, recipe, features, progress);
        _network = new Lazy<ComparedNetwork>(() => ComparedNetwork.Open(_folder, _recipe, Features, isTrained: true, _progress.Warn));
    }

    /// <summary>Which of the network's numbers are taken.</summary>
    public FeatureSpace Features { get; }

    /// <summary>One vector a file, in their order.</summary>
    /// <param name="paths">Picture files.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>As many rows as paths, each [D].</returns>
    /// <exception cref="Imaging.ImagingException">A file is not there or cannot be read: it is named, and there is no vector of any file.</exception>
    public Task<float[][]> EmbedAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) => paths.Count == 0 ? Task.FromResult<float[][]>([]) : LibtorchThread.Run(() =>
    {
        using FileListSource source = new(paths);
        FeatureSet features = Embed(source, maximumBadShare: 0, cancel);
        return Enumerable.Range(0, features.Count).Select(row => features.Row(row).ToArray()).ToArray();
    }, cancel);

    /// <summary>One vector a picture of a source, with its labels.</summary>
    /// <param name="source">The pictures; unreadable ones are told of within the recipe's limit.</param>
    /// <param name="cancel">Stops between batches.</param>
    public FeatureSet Embed(IImageSource source, CancellationToken cancel = default) => Embed(source, _recipe.Data.MaximumBadShare, cancel);

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        if (_network.IsValueCreated) _network.Value.Dispose();
    }

    private FeatureSet Embed(IImageSource source, double maximumBadShare, CancellationToken cancel)
    {
        lock (_lock)
        {
            FeatureExtractor extractor = new(_recipe.Data with { MaximumBadShare = maximumBadShare }, _recipe.EvaluationView(), Compute.Of(_recipe.Training), _progress.Warn);
            return extractor.Extract(source, _network.Value.Forward, cancel: cancel);
        }
    }
}
