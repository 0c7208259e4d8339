using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary><c>environment.json</c>: program, machine and data of a run. What resuming must find unchanged is in here.</summary>
/// <param name="Version">MocoSharp's, with its commit.</param>
/// <param name="Libtorch">libtorch's.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Threads">libtorch's threads: results are bit-equal only for equal counts.</param>
/// <param name="Precision">bf16 or fp32.</param>
/// <param name="Device">cpu, cuda:0, …</param>
/// <param name="Data">Whole paths of the training pictures.</param>
/// <param name="Test">Whole path of the test pictures, where it was named.</param>
/// <param name="Labels">Where labels come from: auto, none, folders or a CSV file.</param>
/// <param name="Fingerprint">Of the training pictures' names and labels.</param>
/// <param name="Convolutions">Which kernels could be chosen from: <see cref="Torch.Kernels.Convolutions"/> and <see cref="Torch.Kernels.Level"/>; null in runs of older versions.</param>
/// <param name="Kernels">Which kernel was chosen for which shape, where the choice was measured.</param>
public sealed record RunEnvironment(
    string Version, string Libtorch, string Processor, int Threads, string Precision, string Device, IReadOnlyList<string> Data, string? Test, string Labels, string Fingerprint,
    string? Convolutions = null, JsonElement? Kernels = null)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>This program's version, with its commit where the build knew it.</summary>
    public static string ProgramVersion { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How many pictures the run learns from: banks have as many rows.</summary>
    [JsonIgnore]
    public int Pictures => int.Parse(Fingerprint.AsSpan(0, Fingerprint.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    /// <summary>The run's <see cref="Torch.Kernels.Convolutions"/>; null in runs of older versions.</summary>
    [JsonIgnore]
    public string? ConvolutionMode => Convolutions?.Split(' ')[0];

    internal static RunEnvironment Of(TrainingData data, string precision, Device device) => new(
        ProgramVersion, Runtime.Version, Training.Processor.Name, Runtime.Threads, precision, device.ToString(), data.Paths, data.TestPath, (data.Labels ?? LabelsFrom.Auto).ToString(), data.Fingerprint(),
        $"{Torch.Kernels.Convolutions} on {Torch.Kernels.Level}");

    /// <summary>Reads a run's.</summary>
    /// <exception cref="MocoException">Missing or damaged.</exception>
    public static RunEnvironment Read(RunFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEnvironment>(File.ReadAllBytes(folder.Environment), s_json) ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.NoRun, $"the run's environment.json cannot be read: {error.Message}", at: folder.Environment,
                fix: "restore it from a backup, or train anew", inner: error);
        }
    }

    /// <summary>With the kernels that were chosen so far.</summary>
    internal RunEnvironment WithKernels() => this with { Kernels = JsonDocument.Parse(Torch.Kernels.Choices).RootElement };

    internal void Write(RunFolder folder) => CheckpointStore.WriteThrough(folder.Environment, JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Refuses to go on in another world.</summary>
    internal void MustEqual(RunEnvironment now, RunFolder folder)
    {
        if (Fingerprint != now.Fingerprint)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the training pictures are not those of the run: {now.Fingerprint} now, {Fingerprint} then (count and names)", at: folder.Root,
                fix: "bring the pictures back, or name where they are now with --data");
        if (Threads != now.Threads)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run was made with {Threads} threads, and now there are {now.Threads}: the weights would not be bit-equal", at: folder.Root,
                fix: $"resume with --threads {Threads}");
        if (Convolutions is { } kernels && kernels != now.Convolutions)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run's convolutions were {kernels}, and now they are {now.Convolutions}: the weights would not be bit-equal", at: folder.Root,
                fix: "set MOCOSHARP_CONVOLUTIONS and MOCOSHARP_LEVEL as they were (unset: auto, and the machine's own level), or resume on a machine like the one it was started on");
        if (Precision != now.Precision)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run was made in {Precision}, and this machine would go on in {now.Precision}", at: folder.Root,
                fix: "resume on a machine like the one it was started on");
    }
}
