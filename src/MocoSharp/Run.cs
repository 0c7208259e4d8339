using MocoSharp.Evaluation;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Training;

namespace MocoSharp;

/// <summary>A trained run: its folder, recipe, environment and pictures, and what can be done with them.</summary>
public sealed class Run
{
    private readonly RunRecord _record;

    private readonly Teacher? _network;

    private Run(RunRecord record, IReadOnlyList<string> notes, TrainingResult? training = null, Teacher? network = null) =>
        (_record, Notes, Training, _network) = (record, notes, training, network);

    /// <summary>Where everything of the run lies.</summary>
    public RunFolder Folder => _record.Folder;

    /// <summary>What the run did.</summary>
    public Recipe Recipe => _record.Recipe.Recipe;

    /// <summary>The recipe with what its text says at its head.</summary>
    public RecipeFile RecipeFile => _record.Recipe;

    /// <summary>Program, machine and data; null where that is lost.</summary>
    public RunEnvironment? Environment => _record.Environment;

    /// <summary>The loss when the encoder tells nothing apart, in nats; null where the method has no such level. Builds the
    /// network.</summary>
    /// <exception cref="MocoException">MS4003: how many pictures the run learned from is lost.</exception>
    public double? ChanceLoss()
    {
        using Method method = MethodRegistry.Create(
            new MethodParts(Recipe.Encoder, RunRecord.PicturesOf(Folder), Recipe.JointBatch), Recipe.Method);
        return method.ChanceLoss;
    }

    /// <summary>Whether a training by this recipe, on as many pictures, is what this run is.</summary>
    public bool IsBy(RecipeFile recipe) => Environment?.Pictures is { } pictures && RecipeFile.Fingerprint(Recipe)
        == RecipeFile.Fingerprint(recipe.Recipe.For(pictures) with { Data = recipe.Recipe.Data.SpreadAs(Recipe.Data) });

    /// <summary>What is lost or damaged in the folder and what stands in for it, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>What the training in this process came to; null where none was.</summary>
    public TrainingResult? Training { get; }

    /// <summary>Opens a run and checks that its parts belong together.</summary>
    /// <param name="folder">The folder that a training made.</param>
    /// <param name="device">cpu, cuda or cuda:1; null for the one that the run was on last.</param>
    /// <param name="checkpoint">best: as the run was when its kNN test was best, chosen on the test pictures, so it flatters. The number of
    /// an update: as it was then. Null: as it is now.</param>
    /// <exception cref="MocoException">MS4003: no run is there. MS4007: the recipe was changed. MS4012: the encoder is another
    /// run's. MS4013: the run keeps no such checkpoint.</exception>
    /// <exception cref="TorchException">MS1007: the encoder's file is damaged.</exception>
    public static Run Open(string folder, string? device = null, string? checkpoint = null)
    {
        List<string> notes = [];
        RunRecord record = RunRecord.OpenTrained(new RunFolder(folder), notes.Add).On(device);
        return new Run(checkpoint is null ? record : record with { Folder = EarlierCheckpoint.Of(record, checkpoint) }, notes);
    }

    /// <summary>An encoder that no run made, to be tested as a run's is: of torchvision, timm, the official MoCo and others, whatever
    /// stands before its names, or an <c>encoder.safetensors</c> alone. Every test needs <see cref="TestPictures.Data"/>.</summary>
    /// <param name="file">PyTorch's or safetensors.</param>
    /// <param name="options">What the file does not say; null where it can be told.</param>
    /// <param name="device">cpu, cuda or cuda:1.</param>
    /// <exception cref="MocoException">MS4003: there is no such file. MS5390: which encoder it is cannot be told.</exception>
    /// <exception cref="TorchException">MS1007, MS5191, MS5192: the file cannot be read.</exception>
    public static Run OfFile(string file, EncoderFileOptions? options = null, string device = "cpu")
    {
        List<string> notes = [];
        return new Run(ForeignRun.Of(file, options ?? new EncoderFileOptions(), notes.Add).On(device), notes);
    }

    /// <summary>The same of a network that is no encoder of this library, such as an ONNX model: tests that need its output
    /// alone.</summary>
    /// <param name="file">The file that results tell of.</param>
    /// <param name="network">The network; it stays the caller's.</param>
    /// <param name="results">As <see cref="EncoderFileOptions.Results"/>.</param>
    public static Run OfNetwork(string file, Teacher network, string? results = null) =>
        new(ForeignRun.Of(file, network, results), [], network: network);

    /// <summary>Goes on with a training that was stopped, as if it never had been; or otherwise, where that is asked for.</summary>
    /// <param name="folder">The folder that a training made.</param>
    /// <param name="options">What is otherwise than it was; null for nothing.</param>
    /// <param name="progress">Told of what happens, as in <see cref="Trainer"/>.</param>
    /// <param name="stop">An earlier end than the recipe's last epoch, with the schedule unchanged.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="cancel">Stops after the current update, with a checkpoint.</param>
    /// <exception cref="MocoException">No run is there, or another process works in it. MS4007: recipe, pictures, threads or precision
    /// differ from the run's, and that was not asked for.</exception>
    public static Task<Run> ResumeAsync(
        string folder, ResumeOptions? options = null, IProgress<RunProgress>? progress = null, StopAfter? stop = null,
        TimeProvider? time = null,
        CancellationToken cancel = default) => LibtorchThread.Run(
        () => RankSession.Around(options?.Ranks, time, progress, (session, told) =>
        {
            ResumeOptions way = options ?? new ResumeOptions();
            RunRecord found = RunRecord.Open(new RunFolder(folder), told.Warn), record = found.On(way.Device);
            RecipeFile recipe = way.Changed(record);
            // another number of processes shares the processors otherwise
            int? threads = record.Environment?.Ranks == way.Ranks?.Count ? record.Environment?.Threads : null;
            if ((way.Threads ?? threads) is { } count) Runtime.Threads = ProcessorLimit.Of(count);
            string before = Kernels.Convolutions;
            if (before == "auto" && record.Environment?.ConvolutionMode is { } mode) Kernels.Convolutions = mode;
            try
            {
                using TrainingData data = (way.Moved ?? new MovedPictures()).Open(record);
                using TrainingRun training = TrainingRun.Resume(recipe, data, record.Folder.Root, told, time,
                    way.GoingOn(found, recipe), session);
                return After(training.Train(stop, cancel));
            }
            finally
            {
                Kernels.Convolutions = before;
            }
        }), CancellationToken.None);

    /// <summary>Turns pictures into vectors with the trained network.</summary>
    /// <param name="features">Which of its numbers; the encoder's when null.</param>
    /// <param name="progress">Told of unreadable pictures and damaged checkpoints.</param>
    /// <exception cref="MocoException">At the first picture: MS4003: the run has no encoder yet. MS5005: there are no such
    /// features.</exception>
    public Embedder Embedder(FeatureSpace? features = null, IProgress<RunProgress>? progress = null) =>
        Features.Embedder.Of(Folder, Recipe, features ?? FeatureSpace.Backbone, progress);

    /// <summary>Classifies test pictures by the vote of their nearest training pictures; pixels and the untrained encoder beside
    /// it.</summary>
    /// <param name="options">Which test; null for k, temperature and features of the recipe's own monitor.</param>
    /// <param name="pictures">Other pictures or labels than the run's.</param>
    /// <param name="progress">Told what is next, and of what was done otherwise than asked.</param>
    /// <param name="ranks">Which of several processes that share the pictures this one is; null for one that tests alone. All come to the
    /// same, and rank 0 keeps it.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The document that also lies in the run's <c>eval/</c>.</returns>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002 to MS5004: labels do not suffice. MS5005: there are no
    /// such features. MS5267: ranks do not test the same.</exception>
    public Task<KnnResult> EvaluateKnnAsync(
        ComparisonOptions? options = null, TestPictures? pictures = null, IProgress<RunProgress>? progress = null,
        RankSettings? ranks = null, CancellationToken cancel = default) =>
        Test(pictures, progress, (run, suffix) => KnnResult.Of(run, options ?? ComparisonOptions.Of(Recipe.Monitor), suffix, cancel),
            cancel, ranks, $"{options}");

    /// <summary>Fits a linear classifier on frozen features and few labels; pixels and the untrained encoder beside it.</summary>
    /// <param name="labels">How many labels; all when null.</param>
    /// <param name="progress">Told what is next, and of what was done otherwise than asked.</param>
    /// <param name="cancel">Stops between batches and fits.</param>
    /// <returns>The document that also lies in the run's <c>eval/</c>.</returns>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002 to MS5004: labels do not suffice.</exception>
    public Task<LinearResult> EvaluateLinearAsync(LabelBudget? labels = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        EvaluateLinearAsync(new LinearOptions(labels ?? LabelBudget.All, FeatureSpace.Backbone), progress: progress, cancel: cancel);

    /// <inheritdoc cref="EvaluateLinearAsync(LabelBudget?, IProgress{RunProgress}?, CancellationToken)"/>
    /// <param name="options">How.</param>
    /// <param name="pictures">Other pictures or labels than the run's.</param>
    /// <param name="head">Keeps the first draw's classifier; null keeps none.</param>
    /// <param name="progress">Told what is next, and of what was done otherwise than asked.</param>
    /// <param name="ranks">Which of several processes that share the pictures this one is; null for one that tests alone. Each fits the
    /// classifiers itself, and rank 0 keeps the result.</param>
    /// <param name="cancel">Stops between batches and fits.</param>
    public Task<LinearResult> EvaluateLinearAsync(
        LinearOptions options, TestPictures? pictures = null, HeadOptions? head = null, IProgress<RunProgress>? progress = null,
        RankSettings? ranks = null, CancellationToken cancel = default) =>
        Test(pictures, progress, (run, suffix) => LinearTest.Run(run, options, head, suffix, cancel), cancel, ranks, $"{options}");

    /// <summary>Lets the encoder go on learning from few labels; the same network from random weights beside it, where asked for.</summary>
    /// <param name="options">How; all labels when null.</param>
    /// <param name="pictures">Other pictures or labels than the run's.</param>
    /// <param name="head">Keeps the first draw's network; null keeps none.</param>
    /// <param name="progress">Told what is next, and of what was done otherwise than asked.</param>
    /// <param name="cancel">Stops between updates.</param>
    /// <returns>The document that also lies in the run's <c>eval/</c>.</returns>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002 to MS5004: labels do not suffice. MS5009: there is no
    /// such stage to freeze.</exception>
    public Task<FineTuneResult> EvaluateFineTuningAsync(
        FineTuneOptions? options = null, TestPictures? pictures = null, HeadOptions? head = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        Test(pictures, progress, (run, suffix) =>
            FineTuneTest.Run(run, options ?? new FineTuneOptions(LabelBudget.All), head, suffix, cancel), cancel);

    /// <summary>Asks whether the views of a scene find each other, and what each knows where there are labels.</summary>
    /// <param name="features">backbone or projected; null takes the encoder's for kNN and the loss's for matching.</param>
    /// <param name="pictures">Other scenes or labels than the run's.</param>
    /// <param name="progress">Told what is next, and of unreadable scenes.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The document that also lies in the run's <c>eval/</c>.</returns>
    /// <exception cref="MocoException">MS4003: the run has no checkpoint yet. MS5005: there are no such features.</exception>
    public Task<ViewsResult> EvaluateViewsAsync(
        FeatureSpace? features = null, TestPictures? pictures = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        Test(pictures, progress, (run, suffix) => ViewsResult.Of(run, features, suffix, cancel), cancel);

    /// <summary>Fits a linear classifier on the frozen features of single places of pictures, and clusters them; pixels and the untrained
    /// encoder beside it.</summary>
    /// <param name="options">How; the defaults when null.</param>
    /// <param name="pictures">Other pictures than the run's.</param>
    /// <param name="progress">Told what is next, and of pictures that are left out.</param>
    /// <param name="cancel">Stops between batches and fits.</param>
    /// <returns>The document that also lies in the run's <c>eval/</c>.</returns>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5140 to MS5142: there are no masks, or none that can be used.
    /// MS5005, MS5143: there is no such stage, or it gives no map. MS5144: there is no such view.</exception>
    public Task<SegmentationResult> EvaluateSegmentationAsync(
        SegmentationOptions? options = null, TestPictures? pictures = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        Test(pictures, progress, (run, suffix) => SegmentationTest.Run(run, options ?? new SegmentationOptions(),
            TestedData.MaskSuffix(options?.Masks, options?.TestMasks) + suffix, cancel), cancel);

    /// <summary>Looks at features of some pictures without labels: how they lie, whether they have collapsed, a map, and
    /// neighbors.</summary>
    /// <param name="options">How closely; null for 2,000 pictures.</param>
    /// <param name="pictures">Other pictures than the run's, or where the same ones are now.</param>
    /// <param name="progress">Told what is next, and of unreadable pictures.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5001: fewer than two pictures can be read.</exception>
    public Task<FeatureStudy> StudyAsync(
        StudyOptions? options = null, TestPictures? pictures = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        LibtorchThread.Run(() => FeatureStudy.Of(_record, pictures ?? new TestPictures(), options ?? new StudyOptions(), progress, cancel),
            cancel);

    /// <summary>Names each picture of a folder by a classifier that a test has kept.</summary>
    /// <param name="head">The classifier.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="threshold">A picture whose likeliest class is less probable stays unlabeled; 0 labels all.</param>
    /// <param name="take">Gets each picture in the source's order; the probabilities' memory is used again after the call.</param>
    /// <param name="progress">Told of damaged checkpoints.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS5007: the run's encoder is not the one that the classifier was fitted on.</exception>
    public Task<LabelingCount> LabelAsync(
        SavedHead head, IImageSource pictures, double threshold, Action<LabeledPicture> take, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Labeling.Run(Folder, Recipe, head, pictures, threshold, take, progress.Warn, cancel), cancel);

    internal static Run After(TrainingResult training)
    {
        List<string> notes = [];
        RunRecord record = RunRecord.Open(training.Folder, notes.Add);
        if (training.Finished) StudentClassifier.Keep(record);
        return new Run(record, notes, training);
    }

    private Task<T> Test<T>(
        TestPictures? pictures, IProgress<RunProgress>? progress, Func<EvaluatedRun, string, T> test, CancellationToken cancel,
        RankSettings? ranks = null, string options = "") =>
        LibtorchThread.Run(() => RankSession.Around(ranks, time: null, progress, (session, told) =>
        {
            if (Folder.Foreign is { } file && pictures?.Data is null)
                throw new MocoException(ErrorIds.NoPicturesNamed, "an encoder's file does not know any pictures to be tested on", at: file,
                    fix: "name them: --data DIR");
            using TrainingData opened = TestedData.Open(_record, pictures ??= new TestPictures());
            TrainingData data = TestedData.WithTest(opened, pictures);
            foreach (string note in data.Notes) told.Warn(note);
            session?.Compare(
            [
                ("the program's version", RunEnvironment.ProgramVersion), ("libtorch's version", Runtime.Version),
                ("what is tested", options), ("the encoder", SavedHead.ChecksumOf(Folder)),
                ("what is in the pictures' folder", data.Fingerprint()),
            ]);
            EvaluatedRun evaluated = new(Folder, Recipe, data, told) { Network = _network, Work = session?.Work ?? SharedWork.Alone };
            T result = test(evaluated, TestedData.Suffix(_record, data));
            session?.Part();
            return result;
        }), cancel);
}
