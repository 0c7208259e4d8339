using MocoSharp.Embeddings;
using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp;

/// <summary>Parts pictures into clusters of places that an encoder takes for alike, without labels. A cluster means the same in all of
/// them.</summary>
public sealed class PictureSegmentation
{
    private readonly SegmentOptions _options;
    private readonly EmbeddingModel _model;
    private readonly QueryPictures _pictures;
    private readonly SegmentationFiles _files;
    private readonly IProgress<RunProgress>? _progress;
    private readonly SortedDictionary<int, UnreadablePicture> _unreadable = [];

    private PictureSegmentation(
        SegmentOptions options, EmbeddingModel model, QueryPictures pictures, SegmentationFiles files, IProgress<RunProgress>? progress) =>
        (_options, _model, _pictures, _files, _progress) = (options, model, pictures, files, progress);

    /// <summary>Parts pictures, and draws each beside its clusters: as <c>overlays/NAME.png</c> in a folder, with its clusters as
    /// <c>masks/NAME.png</c> where that is asked for; or the first hundred on one sheet.</summary>
    /// <param name="model">The folder of a run, or an <c>encoder.safetensors</c>.</param>
    /// <param name="pictures">Picture files, and folders of them.</param>
    /// <param name="output">A folder; or a file whose name ends in .png, for one sheet.</param>
    /// <param name="options">How; null for eight clusters of all stages.</param>
    /// <param name="progress">Told what is next, and of pictures that are left out.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4003, MS4010: there is no encoder. MS5005, MS5143: there is no such stage, or it gives no map.
    /// MS5140 to MS5142: masks to compare with cannot be used. MS5145: files of these names are there, or two pictures would have
    /// one.</exception>
    /// <exception cref="ImagingException">MS3203: none of the pictures can be read. MS3021: a folder holds no pictures.</exception>
    public static Task<SegmentedPictures> RunAsync(
        string model, IReadOnlyList<string> pictures, string output, SegmentOptions? options = null,
        IProgress<RunProgress>? progress = null, CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Segment(model, pictures, output, (options ?? new SegmentOptions()).InBounds(), progress, cancel), cancel);

    private static SegmentedPictures Segment(
        string model, IReadOnlyList<string> paths, string output, SegmentOptions options, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        OptionException.Require(paths.Count > 0, "pictures", "none", "one picture or more");
        EmbeddingModel opened = EmbeddingWriter.Open(model, new EmbedOptions(Device: options.Device, Checkpoint: options.Checkpoint),
            progress);
        using Encoder encoder = EncoderFile.Read(opened.File);
        encoder.MoveTo(opened.Compute.Device);
        encoder.Train(false);
        Func<Tensor, IReadOnlyList<Tensor>> maps = StageMaps.Of(encoder.Stages, options.Layers);
        using QueryPictures pictures = new(paths);
        SegmentationFiles files = new(output, SegmentationFiles.NamesOf(pictures, paths), options);
        files.RequireFree();
        PictureSegmentation work = new(options, opened, pictures, files, progress);
        (MaskTable? table, int[] compared) = work.MasksToCompare(cancel);
        SampledPlaces places = work.Learn(maps, cancel);
        (LinearHead head, _) = PlaceClassifiers.Clusters(places, options.Clusters, options.Seed, cancel);
        return work.Name(maps, head, places, table, compared, cancel) with { Layers = StageMaps.Names(encoder.Stages, options.Layers) };
    }

    private (MaskTable? Table, int[] Compared) MasksToCompare(CancellationToken cancel)
    {
        if (_options.AgainstMasks is not { } folder) return (null, []);
        int[] compared = [.. Enumerable.Range(0, _pictures.Count).Where(i => File.Exists(Path.Join(folder, _files.Names[i])))];
        if (compared.Length == 0)
            throw new MocoException(ErrorIds.NoMasks,
                $"none of {_pictures.Count:N0} pictures has a mask: that of {_pictures.Name(0)} would be {_files.Names[0]}", at: folder,
                fix: "name the folder in which masks lie as the pictures do in theirs, and give each the picture's name with .png at its "
                + "end");
        return (MaskTable.Of([.. compared.Select(i => Path.Join(folder, _files.Names[i]))], folder, _options.Ignore, cancel), compared);
    }

    private SampledPlaces Learn(Func<Tensor, IReadOnlyList<Tensor>> maps, CancellationToken cancel)
    {
        using IImageSource? others = _options.Data is { } data
            ? ImageSources.Open(data, new SourceOptions { Labels = LabelsFrom.None }) : null;
        IImageSource source = others ?? _pictures;
        PlaceSampler sampler = new(_options.Places, _options.Seed);
        IReadOnlyList<int> drawn = sampler.PicturesOf([.. Enumerable.Range(0, source.Count)]);
        _progress.Doing("places to learn clusters from");
        Reader(source).ForEach(new LabeledPixels(source, null), drawn,
            batch => sampler.Add(batch, maps(batch.Pictures), drawn.Count), cancel);
        if (sampler.Count == 0)
            throw new ImagingException(Imaging.ErrorIds.TooManyBadPictures, $"none of the {source.Count:N0} pictures can be read",
                at: source.Name(0), fix: "look at the named file; if other programs open it, its format is one that is not supported here");
        _progress.Doing("clusters");
        return sampler.Finish([]);
    }

    private SegmentedPictures Name(
        Func<Tensor, IReadOnlyList<Tensor>> maps, LinearHead head, SampledPlaces places, MaskTable? table, int[] compared,
        CancellationToken cancel)
    {
        using DenseHead nearest = new(head, places.Channels, _model.Compute.Device);
        PixelCounts? agreement = table is null ? null : new PixelCounts(table.Classes.Count, _options.Clusters);
        HashSet<int> withMask = [.. compared];
        long[] sizes = new long[_options.Clusters];
        List<SegmentedPicture> done = [];
        int agreed = 0;
        _progress.Doing("clusters of each picture");
        Reader(_pictures).ForEach(new LabeledPixels(_pictures, null), [.. Enumerable.Range(0, _pictures.Count)], batch =>
        {
            byte[][] named = nearest.Apply(maps(batch.Pictures), batch.Height, batch.Width);
            for (int i = 0; i < named.Length; i++)
            {
                int index = batch.Indices[i];
                foreach (byte cluster in named[i]) sizes[cluster]++;
                Image picture = _pictures.Load(index, _model.Settings.Request());
                done.Add(_files.Write(index, _pictures.Name(index), picture, batch, named[i]));
                if (withMask.Contains(index) && Agrees(table!, index, picture, batch, named[i], agreement!)) agreed++;
            }
        }, cancel);
        _files.Finish();
        long all = sizes.Sum();
        return new SegmentedPictures(done, [.. _unreadable.Values],
            [.. sizes.Select(size => Math.Round(100.0 * size / Math.Max(1, all), 2))], [], places.Rows.Count,
            agreement is null || agreement.Total == 0 ? null
                : SegmentationScore.OfClusters(FeatureScore.Trained, agreement, table!.Classes), agreed);
    }

    private bool Agrees(MaskTable table, int index, Image picture, DenseBatch batch, byte[] named, PixelCounts agreement)
    {
        try
        {
            PixelLabels labels = table.Read(Path.Join(_options.AgainstMasks, _files.Names[index]), picture);
            agreement.Add(labels.Resized(batch.Width, batch.Height).Classes, named);
            return true;
        }
        catch (BadImageException error)
        {
            _progress.Warn($"{_pictures.Name(index)} is not compared: {error.Message}");
            return false;
        }
    }

    private DenseReader Reader(IImageSource source) =>
        new(_model.Settings.Request(), new DenseView(_model.View, _options.Side), _model.Compute, (index, error) =>
        {
            _progress.Warn($"cannot read {source.Name(index)}: {error.Message}; it is left out");
            if (source == _pictures) _unreadable[index] = new UnreadablePicture(index, source.Name(index), error.Message);
        });
}
