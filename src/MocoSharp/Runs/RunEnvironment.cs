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
/// <param name="Convolutions">Which kernels could be chosen from: <see cref="Torch.Kernels.Convolutions"/> and
/// <see cref="Torch.Kernels.Level"/>; null in runs of older versions.</param>
/// <param name="Kernels">Which kernel was chosen for which shape, where the choice was measured.</param>
/// <param name="Recipe">Of what in the recipe decides the weights: see <see cref="RecipeFile.Fingerprint"/>; null in runs of older
/// versions.</param>
/// <param name="Earlier">What <see cref="Identity"/> was before the run went on otherwise, the oldest first; null where it never
/// has.</param>
/// <param name="Start">The encoder that it began with; null for random weights.</param>
/// <param name="Ranks">Processes that trained together last; null for one.</param>
public sealed record RunEnvironment(
    string Version, string Libtorch, string Processor, int Threads, string Precision, string Device, IReadOnlyList<string> Data,
    string? Test, string Labels, string Fingerprint,
    string? Convolutions = null, JsonElement? Kernels = null, string? Recipe = null, IReadOnlyList<string>? Earlier = null,
    StartingEncoder? Start = null, int? Ranks = null)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>This program's version, with its commit where the build knew it.</summary>
    public static string ProgramVersion { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How many pictures the run learns from: banks have as many rows.</summary>
    [JsonIgnore]
    public int Pictures => DataFingerprint.Pictures(Fingerprint)
        ?? throw new InvalidOperationException($"'{Fingerprint}' begins with no number of pictures");

    /// <summary>What tells the run from others: that which decides the weights in its recipe, and its pictures. Null in runs of older
    /// versions.</summary>
    [JsonIgnore]
    public string? Identity => Recipe is null ? null : $"{Recipe}/{Fingerprint}";

    /// <summary>The run's <see cref="Torch.Kernels.Convolutions"/>; null in runs of older versions.</summary>
    [JsonIgnore]
    public string? ConvolutionMode => Convolutions?.Split(' ')[0];

    internal static RunEnvironment Of(Recipe recipe, TrainingData data, Compute compute) => new(
        ProgramVersion, Runtime.Version, Torch.Processor.Name, Runtime.Threads, compute.Precision, compute.Device.ToString(), data.Paths,
        data.TestPath, (data.Labels ?? LabelsFrom.Auto).ToString(), data.Fingerprint(),
        $"{Torch.Kernels.Convolutions} on {Torch.Kernels.Level}", Recipe: RecipeFile.Fingerprint(recipe));

    internal const string RecipeChanged =
        "the recipe is not the one that the run began with: something in it that decides the weights was changed";

    /// <summary>Reads a run's.</summary>
    /// <exception cref="MocoException">Missing or damaged.</exception>
    public static RunEnvironment Read(RunFolder folder)
    {
        try
        {
            RunEnvironment read = JsonSerializer.Deserialize<RunEnvironment>(File.ReadAllBytes(folder.Environment), s_json)
                ?? throw new JsonException("it is empty");
            if (DataFingerprint.Pictures(read.Fingerprint) is null or 0)
                throw new JsonException($"its fingerprint, '{read.Fingerprint}', begins with no number of pictures");
            return read is { Data.Count: > 0, Labels: not null, Precision: not null, Threads: > 0 } ? read
                : throw new JsonException("data, labels, precision or threads are missing");
        }
        catch (Exception error) when (error is FileNotFoundException && folder.Steps().Count == 0)
        {
            throw new MocoException(ErrorIds.NoRun, "the run was stopped before it had begun: it has no environment.json and no checkpoint",
                at: folder.Root,
                fix: $"begin it again: moco train … --run {CommandText.Quoted(folder.Root)}", inner: error);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new MocoException(ErrorIds.NoRun, $"the run's environment.json cannot be read: {error.Message}", at: folder.Environment,
                fix: $"restore it from a backup, or go on without it: name the pictures with --data (moco eval … --data DIR; moco resume "
                + $"{CommandText.Quoted(folder.Root)} --data DIR)", inner: error);
        }
    }

    /// <summary>With the kernels that were chosen so far.</summary>
    internal RunEnvironment WithKernels() => this with { Kernels = JsonDocument.Parse(Torch.Kernels.Choices).RootElement };

    internal void Write(RunFolder folder) => AtomicFile.Write(folder.Environment, JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Whether something that a run made is this run's, as it is now or as it was before it went on otherwise.</summary>
    /// <param name="identity">What the thing says; null says nothing.</param>
    internal bool Owns(string? identity) => Identity is null || identity is null || identity == Identity
        || Earlier?.Contains(identity) == true;

    /// <summary>What decides the weights and is otherwise in another world, the weightiest first.</summary>
    /// <param name="now">The other world, its fingerprint in this one's form.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="pictures">Which pictures have changed, where that is known.</param>
    internal IEnumerable<EnvironmentDifference> DifferencesTo(RunEnvironment now, RunFolder folder, string? pictures)
    {
        if (Fingerprint != now.Fingerprint)
            yield return new(
                $"the training pictures are not those of the run "
                + $"({pictures ?? $"{now.Fingerprint} now, {Fingerprint} then: count, and a hash of names, labels and lengths"})",
                "bring the pictures back, or name where they are now with --data", IsOfPictures: true);
        if (Recipe is { } learned && learned != now.Recipe)
            yield return new(RecipeChanged,
                $"restore the file, or begin a new run with the changed one: moco train {CommandText.Quoted(folder.Recipe)} --data … "
                + $"--run FOLDER");
        if (Device != now.Device) yield break;        // it goes on in a new world, and says so
        if (Ranks == now.Ranks && Threads != now.Threads)
            yield return new($"the run was made with {Threads} threads, and now there are {now.Threads}",
                Threads > System.Environment.ProcessorCount ? $"resume on a machine with {Threads} processors or more"
                : $"resume with --threads {Threads}");
        if (Convolutions is { } kernels && kernels != now.Convolutions)
            yield return new($"the run's convolutions were {kernels}, and now they are {now.Convolutions}",
                "set MOCOSHARP_CONVOLUTIONS and MOCOSHARP_LEVEL as they were (unset: auto, and the machine's own level), or resume on a "
                + "machine like the one it was started on");
        if (Precision != now.Precision)
            yield return new($"the run was made in {Precision}, and this machine would go on in {now.Precision}",
                "resume on a machine like the one it was started on");
    }
}

/// <summary>The encoder that a run began with in place of random weights.</summary>
/// <param name="File">Its whole path.</param>
/// <param name="Checksum">The file's SHA-256 in hexadecimal.</param>
/// <param name="AdaptChannels">Whether its first layer was adapted to other channels; null where that was not asked for.</param>
public sealed record StartingEncoder(string File, string Checksum, bool? AdaptChannels = null);
