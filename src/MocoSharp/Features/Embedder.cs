using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>Turns pictures into feature vectors with a trained network, seen as tests see them.</summary>
/// <remarks>The network is loaded at the first call and stays until <see cref="Dispose"/>. Calls from several threads wait for each other:
/// one uses all of libtorch's threads.</remarks>
public sealed class Embedder : IDisposable
{
    private readonly DataSettings _settings;
    private readonly ViewPipeline _view;
    private readonly IProgress<RunProgress>? _progress;
    private readonly Lazy<(Compute Compute, ComparedNetwork Network)> _network;
    private readonly Lock _lock = new();

    private Embedder(
        DataSettings settings, ViewPipeline view, FeatureSpace features, IProgress<RunProgress>? progress, Func<Compute> compute,
        Func<ComparedNetwork> open)
    {
        (_settings, _view, Features, _progress) = (settings, view, features, progress);
        _network = new Lazy<(Compute, ComparedNetwork)>(() => (compute(), open()));
    }

    /// <summary>Of a run.</summary>
    internal static Embedder Of(RunFolder folder, Recipe recipe, FeatureSpace features, IProgress<RunProgress>? progress) =>
        new(recipe.Data, recipe.EvaluationView(), features, progress, () => Compute.Of(recipe.Training),
            () => ComparedNetwork.Open(folder, recipe, features, isTrained: true, progress.Warn));

    /// <summary>Of an <c>encoder.safetensors</c> alone: the file says what its encoder expects to see.</summary>
    /// <param name="encoderFile">The file.</param>
    /// <param name="device">What computes: cpu, cuda or cuda:1.</param>
    /// <exception cref="MocoException">MS4010: the file does not say what it is.</exception>
    /// <exception cref="TorchException">MS1007: the file is damaged.</exception>
    public static Embedder Open(string encoderFile, string device = "cpu")
    {
        EncoderInput input = EncoderFile.Input(encoderFile);
        Compute Wanted() => Compute.Of(new TrainingSettings(1, 1, Device: device));
        return new(input.Settings(), input.View, FeatureSpace.Backbone, progress: null, Wanted,
            () => ComparedNetwork.Of(EncoderFile.Read(encoderFile), Wanted()));
    }

    /// <summary>Which of the network's numbers are taken.</summary>
    public FeatureSpace Features { get; }

    /// <summary>One vector a file, in their order.</summary>
    /// <param name="paths">Picture files.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>As many rows as paths, each [D].</returns>
    /// <exception cref="Imaging.ImagingException">A file is not there or cannot be read: it is named, and there is no vector of any
    /// file.</exception>
    public Task<float[][]> EmbedAsync(IReadOnlyList<string> paths, CancellationToken cancel = default)
    {
        if (paths.Count == 0) return Task.FromResult<float[][]>([]);
        return LibtorchThread.Run(
            () =>
            {
                using FileListSource source = new(paths);
                FeatureSet features = Embed(source, maximumBadShare: 0, cancel);
                return Enumerable.Range(0, features.Count).Select(row => features.Row(row).ToArray()).ToArray();
            }, cancel);
    }

    /// <summary>One vector a picture of a source, with its labels.</summary>
    /// <param name="source">The pictures; unreadable ones are told of within the recipe's limit.</param>
    /// <param name="cancel">Stops between batches.</param>
    public FeatureSet Embed(IImageSource source, CancellationToken cancel = default) => Embed(source, _settings.MaximumBadShare, cancel);

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        if (_network.IsValueCreated) _network.Value.Network.Dispose();
    }

    private FeatureSet Embed(IImageSource source, double maximumBadShare, CancellationToken cancel)
    {
        lock (_lock)
        {
            (Compute compute, ComparedNetwork network) = _network.Value;
            FeatureExtractor extractor = new(_settings, _view, compute, _progress.Warn, maximumBadShare);
            return extractor.Extract(source, network.Forward, cancel: cancel);
        }
    }
}
