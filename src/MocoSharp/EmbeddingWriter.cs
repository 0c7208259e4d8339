using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp;

/// <summary>How pictures are embedded; all defaults are those of the run, or of the encoder's file.</summary>
/// <param name="Layers">Which of the network's numbers: backbone, a stage such as layer3, and of a run head1, head2 … and projected. Null
/// for backbone alone.</param>
/// <param name="Precision">In which the network computes; null for the run's.</param>
/// <param name="Device">cpu, cuda or cuda:1; null for the run's.</param>
/// <param name="Checkpoint">As <see cref="Run.Open"/> takes it; of a run alone.</param>
/// <param name="Labels">Where labels come from; null looks at the folders.</param>
/// <param name="Force">Whether files of these names are replaced.</param>
public sealed record EmbedOptions(
    IReadOnlyList<FeatureSpace>? Layers = null, Precision? Precision = null, string? Device = null, string? Checkpoint = null,
    LabelsFrom? Labels = null, bool Force = false);

/// <summary>What an embedding came to.</summary>
/// <param name="Files">The files that were written, whole paths.</param>
/// <param name="Pictures">Rows: all pictures of the data set.</param>
/// <param name="Layers">Each layer and its dimensions.</param>
/// <param name="Precision">fp32 or bf16.</param>
/// <param name="Encoder">SHA-256 of the encoder's file.</param>
/// <param name="Resumed">Pictures that an earlier start had done.</param>
/// <param name="Seconds">From this start's first picture to the files.</param>
/// <param name="ImagesPerSecond">Pictures of this start by its seconds.</param>
/// <param name="Unreadable">Pictures that could not be read: their rows hold no embedding.</param>
/// <param name="Knn">What near neighbors say of each layer; null with one layer, or where labels do not suffice.</param>
public sealed record EmbedResult(
    IReadOnlyList<string> Files, int Pictures, IReadOnlyList<EmbeddedLayer> Layers, string Precision, string Encoder, int Resumed,
    double Seconds, double ImagesPerSecond, IReadOnlyList<UnreadablePicture> Unreadable, LayerScores? Knn);

/// <summary>One layer of an embedding.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Dimensions">Numbers a picture.</param>
public sealed record EmbeddedLayer(string Layer, int Dimensions);

/// <summary>Writes the embeddings of all pictures of a data set into a file.</summary>
/// <remarks>Memory does not grow with the number of pictures, but for their names. The rows grow in <c>FILE.partial</c>; a call that was
/// stopped or killed goes on when it is made again, and the file's bytes are those of a call that never stopped.</remarks>
public static class EmbeddingWriter
{
    /// <summary>Embeds.</summary>
    /// <param name="model">The folder of a run, or an <c>encoder.safetensors</c>, which says what its encoder expects to see.</param>
    /// <param name="data">The pictures: a folder, with train/ and test/ inside or not, a packed file, IDX or CIFAR files.</param>
    /// <param name="file">Ends in .npy, .parquet, .csv or .safetensors.</param>
    /// <param name="options">How; null for the backbone as the run was tested.</param>
    /// <param name="progress">Told how far it is, and what people should know.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="cancel">Stops between batches; what is done stays.</param>
    /// <exception cref="MocoException">MS4003: there is no run, or it has no encoder yet. MS4010: the file is no encoder's. MS5005: there
    /// is no such layer. MS5102: a file of this name is there. MS5103: an unfinished file of something else is there. MS5104: the extension
    /// is none of these.</exception>
    public static Task<EmbedResult> WriteAsync(
        string model, string data, string file, EmbedOptions? options = null, IProgress<RunProgress>? progress = null,
        TimeProvider? time = null, CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Write(model, data, Path.GetFullPath(file), options ?? new EmbedOptions(), progress,
            time ?? TimeProvider.System, cancel), cancel);

    private static EmbedResult Write(
        string model, string data, string file, EmbedOptions options, IProgress<RunProgress>? progress, TimeProvider time,
        CancellationToken cancel)
    {
        _ = EmbeddingFormats.Of(file);
        FeatureSpaces spaces = new(Layers(options));
        EmbeddingModel opened = Open(model, options, progress);
        using DataSplits splits = DataSets.Open(data,
            new SourceOptions { Labels = options.Labels ?? LabelsFrom.Auto, Modalities = opened.Settings.Modalities });
        foreach (string note in splits.Notes) progress.Warn(note);
        EmbeddingSource source = new(opened.Checksum, DataFingerprint.Of(splits.Whole()), spaces.Names, opened.Compute.Precision,
            opened.Compute.Device.ToString(), Runtime.Threads, RunEnvironment.ProgramVersion);
        IReadOnlyList<EmbeddingOutput> outputs = EmbeddingFormats.Outputs(file, spaces.Names);
        RequireFree(outputs, isReplaced: options.Force || PartialEmbeddings.IsStaged(file));
        if (Path.GetDirectoryName(file) is { } folder) Directory.CreateDirectory(folder);
        using PartialEmbeddings partial = PartialEmbeddings.Open(file, source, options.Force);
        EmbeddingRun run = new(opened, splits, spaces, file, partial, time, progress);
        EmbeddingState state = run.Run(outputs, new EmbeddingOrigin(opened.Checksum, opened.Compute.Precision, source.Program), cancel);
        double seconds = run.Taken.TotalSeconds;
        return new EmbedResult([.. outputs.Select(static output => output.Path)], state.Rows,
            [.. spaces.Names.Zip(state.Dimensions, static (name, dimensions) => new EmbeddedLayer(name, dimensions))],
            opened.Compute.Precision, opened.Checksum, run.Resumed, seconds, (state.Rows - run.Resumed) / Math.Max(seconds, 1e-3),
            state.Unreadable, state.Scores);
    }

    private static IReadOnlyList<FeatureSpace> Layers(EmbedOptions options)
    {
        IReadOnlyList<FeatureSpace> layers = options.Layers is { Count: > 0 } given ? given : [FeatureSpace.Backbone];
        OptionException.Require(layers.Distinct().Count() == layers.Count, "layers", layers, "each layer once");
        return layers;
    }

    private static void RequireFree(IReadOnlyList<EmbeddingOutput> outputs, bool isReplaced)
    {
        foreach (EmbeddingOutput output in outputs)
            if (NewFile.Obstacle(output.Path) is { } obstacle)
                throw new MocoException(ErrorIds.EmbeddingsExist, $"a file cannot be written there: {obstacle}", at: output.Path,
                    fix: "name another file");
        if (isReplaced) return;
        if (outputs.FirstOrDefault(static output => File.Exists(output.Path)) is not { } there) return;
        throw new MocoException(ErrorIds.EmbeddingsExist, "there is a file of this name already", at: there.Path,
            fix: "name another file, or allow to replace it: --force");
    }

    /// <summary>Opens what embeds: a run's folder, or an encoder's file.</summary>
    internal static EmbeddingModel Open(string model, EmbedOptions options, IProgress<RunProgress>? progress)
    {
        TrainingSettings wanted = new(1, 1, Precision: options.Precision ?? Precision.Auto, Device: options.Device ?? "cpu");
        if (File.Exists(model))
        {
            if (options.Checkpoint is not null)
                throw new OptionException("checkpoint", options.Checkpoint, "and an encoder's file has none",
                    fix: "name the run's folder in place of the file");
            EncoderInput input = EncoderFile.Input(model);
            return new EmbeddingModel(model, CheckpointStore.Checksum(model), input.Settings(), input.View, Compute.Of(wanted),
                new ComparisonOptions(), spaces => ComparedNetwork.Of(EncoderFile.Read(model), Compute.Of(wanted), spaces));
        }
        Run run = Run.Open(model, options.Device, options.Checkpoint);
        foreach (string note in run.Notes) progress.Warn(note);
        run.Folder.MustHaveEncoder();
        Recipe recipe = options.Precision is { } precision
            ? run.Recipe with { Training = run.Recipe.Training with { Precision = precision } } : run.Recipe;
        return new EmbeddingModel(run.Folder.Encoder, SavedHead.ChecksumOf(run.Folder), recipe.Data, recipe.EvaluationView(),
            Compute.Of(recipe.Training), ComparisonOptions.Of(recipe.Monitor),
            spaces => ComparedNetwork.Open(run.Folder, recipe, spaces, progress.Warn));
    }
}
