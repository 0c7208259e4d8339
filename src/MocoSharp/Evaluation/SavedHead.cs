using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Evaluation;

/// <summary>A classifier that was kept with its run: <c>heads/NAME.safetensors</c>.</summary>
/// <param name="Head">Features to probabilities.</param>
/// <param name="Features">Which features it reads.</param>
/// <param name="HeldOut">What it made of held-out labels; null where none could be held out.</param>
/// <param name="Precision">The precision that its threshold was asked for; null where no threshold was.</param>
/// <param name="EncoderChecksum">SHA-256 of the run's encoder that it was fitted on; empty where the encoder is in the file itself.</param>
/// <param name="Encoder">A fine-tuned encoder's tensors by name, where it has one of its own.</param>
public sealed record SavedHead(
    LinearHead Head, FeatureSpace Features, HeldOut? HeldOut, double? Precision, string EncoderChecksum,
    IReadOnlyList<(string Name, Tensor Value)>? Encoder = null)
{
    private const string Weight = "head.weight", Bias = "head.bias", Confidences = "held_out.confidence", Right = "held_out.right",
        EncoderPrefix = "encoder.";

    /// <summary>The file of a name.</summary>
    /// <exception cref="OptionException">The name is no plain file name.</exception>
    public static string PathOf(RunFolder run, string name)
    {
        OptionException.Require(name.Length > 0 && name[0] != '.'
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'), "head", name,
            "letters, digits, '-', '_' and '.'");
        return Path.Combine(run.Heads, name + ".safetensors");
    }

    /// <summary>What tells a run's encoder from another one.</summary>
    public static string ChecksumOf(RunFolder run) => CheckpointStore.Checksum(run.Encoder);

    /// <summary>Writes it, in place of an older one of the same name.</summary>
    /// <returns>The file.</returns>
    public string Save(RunFolder run, string name)
    {
        string path = PathOf(run, name);
        Directory.CreateDirectory(run.Heads);
        using TensorScope scope = TensorScope.Begin();
        List<(string, Tensor)> tensors =
        [
            (Weight, Tensor.From(Head.Weight, Head.Bias.Length, Head.Dimensions)),
            (Bias, Tensor.From(Head.Bias)),
            .. (Encoder ?? []).Select(static item => (EncoderPrefix + item.Name, item.Value)),
        ];
        if (HeldOut is not null)
            tensors.AddRange([(Confidences, Tensor.From(HeldOut.Confidences)),
                (Right, Tensor.From<byte>([.. HeldOut.Right.Select(static right => right ? (byte)1 : (byte)0)]))]);
        Dictionary<string, string> texts = new()
        {
            ["features"] = Features.Name,
            ["classes"] = JsonSerializer.Serialize(Head.Classes),
            ["encoder_sha256"] = EncoderChecksum,
        };
        if (Precision is { } precision) texts["precision"] = JsonSerializer.Serialize(precision);
        Safetensors.Write(path, tensors, texts);
        return path;
    }

    /// <summary>Reads one; a fine-tuned encoder's tensors belong to the enclosing scope.</summary>
    /// <exception cref="MocoException">MS5006: it is not there, or is no classifier.</exception>
    /// <exception cref="TorchException">The file is damaged.</exception>
    public static SavedHead Read(RunFolder run, string name)
    {
        string path = File.Exists(name) ? name : PathOf(run, name);
        if (!File.Exists(path))
        {
            string[] known = Directory.Exists(run.Heads)
                ? [.. Directory.EnumerateFiles(run.Heads, "*.safetensors").Select(static file => Path.GetFileNameWithoutExtension(file))
                .Order()] : [];
            throw new MocoException(ErrorIds.NoHead, $"the run keeps no classifier '{name}'", at: run.Root,
                fix: known.Length > 0 ? $"take one of {string.Join(", ", known)}"
                : $"make one: moco eval linear {CommandText.Quoted(run.Root)} --save-head {name}");
        }
        using SafetensorsFile file = Opened(path, run);
        try
        {
            string[] names = [.. file.Names];
            string[] classes = JsonSerializer.Deserialize<string[]>(file.Metadata["classes"]) ?? throw new JsonException("no classes");
            LinearHead head = new(file[Weight].ToArray<float>(), file[Bias].ToArray<float>(), classes);
            if (head.Bias.Length != classes.Length || classes.Length < 2 || file[Weight].Shape is not [var rows, >= 1]
                || rows != classes.Length)
                throw new JsonException("weights and classes do not fit together");
            HeldOut? heldOut = names.Contains(Confidences)
                ? new HeldOut(file[Confidences].ToArray<float>(), [.. file[Right].ToArray<byte>().Select(static value => value != 0)])
                : null;
            if (heldOut is not null && heldOut.Confidences.Length != heldOut.Right.Length)
                throw new JsonException("the held-out labels do not fit together");
            (string, Tensor)[] encoder = [.. names.Where(static n => n.StartsWith(EncoderPrefix, StringComparison.Ordinal))
                .Select(n => (n[EncoderPrefix.Length..], file[n]))];
            return new SavedHead(head, new FeatureSpace(file.Metadata["features"]), heldOut,
                file.Metadata.TryGetValue("precision", out string? text) ? JsonSerializer.Deserialize<double>(text) : null,
                file.Metadata["encoder_sha256"], encoder.Length > 0 ? encoder : null);
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException
            or TorchException { Id: TorchErrorIds.Weights or TorchErrorIds.Shape })
        {
            throw new MocoException(ErrorIds.NoHead, $"the file holds no whole classifier: {error.Message}", at: path,
                fix: $"make it anew: moco eval linear {CommandText.Quoted(run.Root)} --save-head NAME", inner: error);
        }
    }

    private static SafetensorsFile Opened(string path, RunFolder run)
    {
        try
        {
            return Safetensors.Open(path);
        }
        catch (TorchException error) when (error.Id == TorchErrorIds.Safetensors)
        {
            throw new TorchException(error.Id, error.Message, at: path,
                fix: $"take another copy, or make it anew: moco eval linear {CommandText.Quoted(run.Root)} --save-head NAME", inner: error);
        }
    }

    /// <summary>The network that gives the features, in evaluation mode.</summary>
    /// <exception cref="MocoException">MS5007: the run's encoder is not the one that the classifier was fitted on.</exception>
    internal ComparedNetwork Open(RunFolder run, Recipe recipe, Action<string>? warned)
    {
        if (Encoder is not null) return ComparedNetwork.Of(EncoderRegistry.Create(recipe.Encoder.WithoutSplits), recipe, Encoder);
        if (File.Exists(run.Encoder) && ChecksumOf(run) != EncoderChecksum)
            throw new MocoException(ErrorIds.HeadDiffers,
                "the classifier was fitted on another encoder than the run has now: it was trained further, or is another run",
                at: run.Root,
                fix: $"fit it anew: moco eval linear {CommandText.Quoted(run.Root)} --save-head NAME");
        return ComparedNetwork.Open(run, recipe, Features, isTrained: true, warned);
    }
}
