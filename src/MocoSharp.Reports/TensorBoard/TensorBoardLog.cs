using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Reports.TensorBoard;

/// <summary>Writes the course of a training for TensorBoard: loss, learning rate and speed of every update, tests of every epoch, and the
/// recipe as text. Give it to a training in place of the progress that it passes on.</summary>
/// <remarks>A training that goes on writes a file of its own, and what earlier files tell of updates that are done again is cut off
/// before. A file that cannot be written any more ends this log with a warning, and never the training.</remarks>
public sealed class TensorBoardLog : IProgress<RunProgress>, IDisposable
{
    private const string Prefix = "events.out.tfevents.", FileVersion = "brain.Event:2";
    private readonly string? _folder;
    private readonly IProgress<RunProgress>? _progress;
    private readonly TimeProvider _time;
    private FileStream? _file;

    /// <summary>Makes a log; it opens its file when the training begins.</summary>
    /// <param name="folder">Where its files go; null for <see cref="RunFolder.TensorBoard"/>.</param>
    /// <param name="progress">Told of all that happens.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public TensorBoardLog(string? folder = null, IProgress<RunProgress>? progress = null, TimeProvider? time = null) =>
        (_folder, _progress, _time) = (folder, progress, time ?? TimeProvider.System);

    /// <inheritdoc/>
    /// <exception cref="MocoException">MS5131: the folder holds the files of another run, or cannot be written, and the training has not
    /// begun yet.</exception>
    public void Report(RunProgress value)
    {
        _progress?.Report(value);
        switch (value)
        {
            case TrainingPlan plan when plan.FirstEpoch < plan.LastEpoch:
                Begin(plan);
                break;
            case StepReport step:
                Write(step.Step, ("loss", step.UpdateLoss), ("learning_rate", step.LearningRate),
                    ("images_per_second", step.ImagesPerSecond));
                break;
            case EpochMetrics metrics:
                Write(metrics.Step, [("loss_of_epoch", metrics.Loss), ("knn", metrics.Knn), ("validation_loss", metrics.ValidationLoss),
                    .. metrics.Measures.Select(static measure => (measure.Key, (double?)measure.Value))]);
                break;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Begin(TrainingPlan plan)
    {
        RunFolder run = new(plan.Run);
        string folder = Path.GetFullPath(_folder ?? run.TensorBoard);
        try
        {
            RunEnvironment environment = RunEnvironment.Read(run);
            Directory.CreateDirectory(folder);
            string id = IdOf(environment.Identity ?? environment.Fingerprint);
            CutBack(folder, plan, [id, .. (environment.Earlier ?? []).Select(IdOf)]);
            long seconds = _time.GetUtcNow().ToUnixTimeSeconds();
            string name = string.Create(CultureInfo.InvariantCulture,
                $"{Prefix}{seconds:D10}.{Environment.MachineName}.{plan.FirstStep}.{id}");
            _file = new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.Write, FileShare.Read);
            EventFile.Append(_file, new Event { WallTime = Now, FileVersion = FileVersion });
            if (plan.FirstStep == 0)
                EventFile.Append(_file, new Event { WallTime = Now, Summary = Text("recipe", File.ReadAllText(run.Recipe)) });
            _file.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.TensorBoardFolder, $"TensorBoard's files cannot be written: {error.Message}", at: folder,
                fix: "name a folder that you may write to (--tensorboard DIR), or leave --tensorboard out: moco resume "
                + CommandText.Quoted(plan.Run));
        }
    }

    /// <summary>Takes away what will be done again.</summary>
    private static void CutBack(string folder, TrainingPlan plan, string[] ids)
    {
        bool isOwn = Path.GetDirectoryName(folder) == Path.GetFullPath(plan.Run);
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            if (!isOwn && (plan.FirstStep == 0 || !ids.Contains(Path.GetExtension(path).TrimStart('.'))))
                throw new MocoException(ErrorIds.TensorBoardFolder, "the folder holds another run's files, and TensorBoard would draw "
                    + "both as one curve", at: path, fix: "name a folder of its own for each run: --tensorboard DIR; to go on: moco resume "
                    + $"{CommandText.Quoted(plan.Run)} --tensorboard DIR");
            long keep = 0;
            foreach ((Event one, long end) in EventFile.Read(path))
            {
                if (one.Step > plan.FirstStep) break;
                keep = end;
            }
            if (plan.FirstStep == 0) File.Delete(path);
            else if (keep < new FileInfo(path).Length)
                using (FileStream file = new(path, FileMode.Open, FileAccess.Write)) file.SetLength(keep);
        }
    }

    private void Write(long step, params ReadOnlySpan<(string Tag, double? Value)> scalars)
    {
        if (_file is null) return;
        Summary summary = new();
        foreach ((string tag, double? value) in scalars)
            if (value is { } known) summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)known });
        try
        {
            EventFile.Append(_file, new Event { WallTime = Now, Step = step, Summary = summary });
            _file.Flush();
        }
        catch (IOException error)
        {
            string path = _file.Name;
            Close();
            _progress?.Report(new RunWarning($"{path} cannot be written any more, and the training goes on without it: {error.Message}"));
        }
    }

    // what is left in its buffer may fail to be written once more
    private void Close()
    {
        FileStream? file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // told of already
        }
    }

    private double Now => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static Summary Text(string tag, string text) => new()
    {
        Value =
        {
            new Summary.Types.Value
            {
                Tag = tag,
                Tensor = new TensorProto
                {
                    Dtype = DataType.DtString,
                    TensorShape = new TensorShapeProto(),
                    StringVal = { ByteString.CopyFromUtf8(Code(text)) },
                },
                Metadata = new SummaryMetadata
                {
                    PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" },
                    DataClass = DataClass.Tensor,
                },
            },
        },
    };

    // TensorBoard reads Markdown, in which four spaces make a line one of code
    private static string Code(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(static line => $"    {line}\n"));

    private static string IdOf(string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..8];
}
