using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary><c>environment.json</c>: program, machine and data of a run. What resuming must find unchanged is in here.</summary>
/// <param name="Version">MocoSharp's, with its commit.</param>
/// <param name="Libtorch">libtorch's.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Threads">libtorch's threads: results are bit-equal only for equal counts.</param>
/// <param name="Precision">bf16 or fp32.</param>
/// <param name="Device">cpu, cuda:0, …: where the run computes now. Bits are promised for the processor alone.</param>
/// <param name="Data">Whole paths of the training pictures.</param>
/// <param name="Test">Whole path of the test pictures, where it was named.</param>
/// <param name="Labels">Where labels come from: auto, none, folders or a CSV file.</param>
/// <param name="Fingerprint">Of the training pictures: see <see cref="TrainingData.Fingerprint"/>.</param>
/// <param name="Convolutions">Which kernels could be chosen from: <see cref="Torch.Kernels.Convolutions"/> and <see cref="Torch.Kernels.Level"/>; null in runs of older versions.</param>
/// <param name="Kernels">Which kernel was chosen for which shape, where the choice was measured.</param>
/// <param name="Recipe">Of what in the recipe decides the weights: see <see cref="RecipeFile.Fingerprint"/>; null in runs of older versions.</param>
public sealed record RunEnvironment(
    string Version, string Libtorch, string Processor, int Threads, string Precision, string Device, IReadOnlyList<string> Data, string? Test, string Labels, string Fingerprint,
    string? Convolutions = null, JsonElement? Kernels = null, string? Recipe = null)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>This program's version, with its commit where the build knew it.</summary>
    public static string ProgramVersion { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How many pictures the run learns from: banks have as many rows.</summary>
    [JsonIgnore]
    public int Pictures => DataFingerprint.Pictures(Fingerprint) ?? throw new InvalidOperationException($"'{Fingerprint}' begins with no number of pictures");

    /// <summary>What tells the run from others: that which decides the weights in its recipe, and its pictures. Null in runs of older versions.</summary>
    [JsonIgnore]
    public string? Identity => Recipe is null ? null : $"{Recipe}/{Fingerprint}";

    /// <summary>The run's <see cref="Torch.Kernels.Convolutions"/>; null in runs of older versions.</summary>
    [JsonIgnore]
    public string? ConvolutionMode => Convolutions?.Split(' ')[0];

    internal static RunEnvironment Of(Recipe recipe, TrainingData data, Compute compute) => new(
        ProgramVersion, Runtime.Version, Torch.Processor.Name, Runtime.Threads, compute.Precision, compute.Device.ToString(), data.Paths, data.TestPath, (data.Labels ?? LabelsFrom.Auto).ToString(), data.Fingerprint(),
        $"{Torch.Kernels.Convolutions} on {Torch.Kernels.Level}", Recipe: RecipeFile.Fingerprint(recipe));

    /// <summary>Reads a run's.</summary>
    /// <exception cref="MocoException">Missing or damaged.</exception>
    public static RunEnvironment Read(RunFolder folder)
    {
        try
        {
            RunEnvironment read = JsonSerializer.Deserialize<RunEnvironment>(File.ReadAllBytes(folder.Environment), s_json) ?? throw new JsonException("it is empty");
            if (DataFingerprint.Pictures(read.Fingerprint) is null or 0) throw new JsonException($"its fingerprint, '{read.Fingerprint}', begins with no number of pictures");
            return read is { Data.Count: > 0, Labels: not null, Precision: not null, Threads: > 0 } ? read : throw new JsonException("data, labels, precision or threads are missing");
        }
        catch (Exception error) when (error is FileNotFoundException && folder.Steps().Count == 0)
        {
            throw new MocoException(ErrorIds.NoRun, "the run was stopped before it had begun: it has no environment.json and no checkpoint", at: folder.Root,
                fix: $"begin it again: moco train … --run {folder.Root}", inner: error);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.NoRun, $"the run's environment.json cannot be read: {error.Message}", at: folder.Environment,
                fix: $"restore it from a backup, or go on without it: name the pictures with --data (moco eval … --data DIR; moco resume {folder.Root} --data DIR)", inner: error);
        }
    }

    /// <summary>With the kernels that were chosen so far.</summary>
    internal RunEnvironment WithKernels() => this with { Kernels = JsonDocument.Parse(Torch.Kernels.Choices).RootElement };

    internal void Write(RunFolder folder) => WholeFile.Write(folder.Environment, JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Refuses to go on in another world.</summary>
    internal void MustEqual(RunEnvironment now, RunFolder folder)
    {
        if (Fingerprint != now.Fingerprint)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the training pictures are not those of the run: {now.Fingerprint} now, {Fingerprint} then (count, and a hash of names, labels and lengths)", at: folder.Root,
                fix: "bring the pictures back, or name where they are now with --data");
        if (Recipe is { } learned && learned != now.Recipe)
            throw new MocoException(ErrorIds.ResumeDiffers, "the recipe is not the one that the run began with: something in it that decides the weights was changed", at: folder.Recipe,
                fix: $"restore the file, or begin a new run with the changed one: moco train {folder.Recipe} --data … --run FOLDER");
        if (Device != now.Device) return;        // it goes on in a new world, and says so
        if (Threads != now.Threads)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run was made with {Threads} threads, and now there are {now.Threads}: the weights would not be bit-equal", at: folder.Root,
                fix: Threads > System.Environment.ProcessorCount ? $"resume on a machine with {Threads} processors or more" : $"resume with --threads {Threads}");
        if (Convolutions is { } kernels && kernels != now.Convolutions)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run's convolutions were {kernels}, and now they are {now.Convolutions}: the weights would not be bit-equal", at: folder.Root,
                fix: "set MOCOSHARP_CONVOLUTIONS and MOCOSHARP_LEVEL as they were (unset: auto, and the machine's own level), or resume on a machine like the one it was started on");
        if (Precision != now.Precision)
            throw new MocoException(ErrorIds.ResumeDiffers, $"the run was made in {Precision}, and this machine would go on in {now.Precision}", at: folder.Root,
                fix: "resume on a machine like the one it was started on");
    }
}
