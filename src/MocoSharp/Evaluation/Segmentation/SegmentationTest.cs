using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>The segmentation probe: a linear classifier on the frozen features of single places, and clusters of these features, for
/// pixels, the untrained encoder and the trained one, by the same rules.</summary>
internal sealed class SegmentationTest
{
    private readonly EvaluatedRun _run;
    private readonly SegmentationOptions _options;
    private readonly MaskedData _data;
    private readonly CancellationToken _cancel;
    private readonly DenseView _view;
    private readonly int _clusters;
    private readonly SegmentationSheet? _sheet;
    private readonly HashSet<(IImageSource, int)> _leftOut = [];

    private SegmentationTest(EvaluatedRun run, SegmentationOptions options, ViewPipeline view, MaskedData data, CancellationToken cancel)
    {
        (_run, _options, _data, _cancel) = (run, options, data, cancel);
        _view = new DenseView(view, options.Side);
        _clusters = options.Clusters ?? data.Classes.Count;
        _sheet = options.Shown > 0 ? new SegmentationSheet(data.Classes, data.Test.Indices, options.Shown) : null;
    }

    /// <summary>Tests, and writes the document.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="options">How.</param>
    /// <param name="suffix">Of the file's name; see <see cref="TestedData"/>.</param>
    /// <param name="cancel">Stops between batches and fits.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5140 to MS5144: masks, stages or views cannot be
    /// used.</exception>
    internal static SegmentationResult Run(EvaluatedRun run, SegmentationOptions options, string suffix, CancellationToken cancel)
    {
        run.RequireEncoder("segmentation");
        run.Folder.MustHaveEncoder();
        _ = options.InBounds();
        ViewPipeline view = DenseKinds.ViewOf(run.Recipe, options.View);
        IReadOnlyList<string> layers = DenseKinds.Layers(run, options);         // what cannot be is said before work begins
        if (DenseKinds.NoteOf(run.Recipe, view) is { } note) run.Warn(note);
        MaskedData data = MaskedData.Open(run, options, cancel);
        return new SegmentationTest(run, options, view, data, cancel).Run(layers, suffix);
    }

    private SegmentationResult Run(IReadOnlyList<string> layers, string suffix)
    {
        List<SegmentationScore> scores = [];
        SegmentationPictures? pictures = null;
        DenseKinds.ForEach(_run, _options, kind =>
        {
            SampledPlaces places = Learn(kind);
            _run.Doing($"{kind.Name}: fitting");
            (LogisticModel probe, double decay) = PlaceClassifiers.Probe(places, _options.WeightDecay, _cancel);
            if (!probe.HasConverged)
                _run.Warn($"{kind.Name}: the probe stopped after {probe.Iterations} iterations, short of its tolerance");
            (LinearHead clusters, _) = PlaceClassifiers.Clusters(places, _clusters, _options.Seed, _cancel);
            _run.Doing($"{kind.Name}: naming pixels");
            (PixelCounts named, PixelCounts clustered, pictures) = Test(kind, probe.ToHead(), clusters, places.Channels);
            scores.Add(SegmentationScore.Of(kind.Name, named, _data.Classes) with { WeightDecay = decay });
            scores.Add(SegmentationScore.OfClusters(kind.Name, clustered, _data.Classes));
        });
        string file = $"segmentation-{(_options.Layers.Count == 0 ? "all" : string.Join('+', layers))}"
            + $"{(_options.View == 0 ? "" : $"-view{_options.View}")}{suffix}";
        SegmentationSettings settings = new(_run.Data.Paths[0], _run.Data.TestPath, Whole(_options.Masks), Whole(_options.TestMasks),
            layers, _options.View, _options.Places, _clusters, _options.Side, _options.Seed);
        SegmentationResult result = new(_run.Folder.Root, settings, pictures!, scores)
        {
            Checkpoint = _run.Folder.Step,
            Model = _run.Folder.Foreign,
            FileName = file,
        };
        if (_sheet is not null) result = result with { Sheet = result.Draw(_sheet.Render()) };
        result.Write();
        return result;
    }

    private SampledPlaces Learn(DenseKind kind)
    {
        PlaceSampler sampler = new(_options.Places, _options.Seed);
        IReadOnlyList<int> pictures = sampler.PicturesOf(_data.Train.Indices);
        Reader(kind, _data.Train.Pixels.Pictures).ForEach(_data.Train.Pixels, pictures,
            batch => sampler.Add(batch, kind.Maps(batch.Pictures), pictures.Count), _cancel);
        RequireSome(sampler.Count, _data.Train);
        return sampler.Finish([.. _data.Classes.Select(static one => one.Name)]);
    }

    private (PixelCounts Named, PixelCounts Clustered, SegmentationPictures Pictures) Test(
        DenseKind kind, LinearHead probe, LinearHead clusters, IReadOnlyList<int> channels)
    {
        PixelCounts named = new(_data.Classes.Count, _data.Classes.Count), clustered = new(_data.Classes.Count, _clusters);
        using DenseHead linear = new(probe, channels, kind.Compute.Device), nearest = new(clusters, channels, kind.Compute.Device);
        (int tested, long seen) = (0, 0);
        Reader(kind, _data.Test.Pixels.Pictures).ForEach(_data.Test.Pixels, _data.Test.Indices, batch =>
        {
            IReadOnlyList<Tensor> maps = kind.Maps(batch.Pictures);
            byte[][] classes = linear.Apply(maps, batch.Height, batch.Width), groups = nearest.Apply(maps, batch.Height, batch.Width);
            for (int i = 0; i < classes.Length; i++)
            {
                named.Add(batch.Labels[i]!.Classes, classes[i]);
                clustered.Add(batch.Labels[i]!.Classes, groups[i]);
                _sheet?.Add(kind.Name, batch, i, classes[i], () => _data.Test.Pixels.Pictures.Load(batch.Indices[i],
                    _run.Recipe.Data.Request()));
            }
            (tested, seen) = (tested + classes.Length, seen + (long)classes.Length * batch.Height * batch.Width);
        }, _cancel);
        RequireSome(named.Total, _data.Test);
        return (named, clustered, new SegmentationPictures(_data.Train.Indices.Count, tested, _data.WithoutMask, _leftOut.Count,
            named.Total, seen - named.Total));
    }

    private DenseReader Reader(DenseKind kind, IImageSource source) =>
        new(_run.Recipe.Data.Request(), _view, kind.Compute, (index, error) =>
        {
            _leftOut.Add((source, index));
            _run.Warn($"{source.Name(index)} is left out: {error.Message}");
        });

    private void RequireSome(long pixels, MaskedPart part)
    {
        if (pixels > 0) return;
        throw new MocoException(ErrorIds.NoMasks,
            $"no pixel of {part.Indices.Count:N0} pictures has a class: their files or masks cannot be read or do not fit, or all that "
            + "they hold is ignored", at: _options.Masks ?? _run.Data.Paths[0],
            fix: "see what was said of each picture that is left out; --ignore names the one value that does not count");
    }

    private static string? Whole(string? path) => path is null ? null : Path.GetFullPath(path);
}
