using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;
using MocoSharp.Torch.Serialization.PyTorch;

namespace MocoSharp.Runs;

/// <summary>Weights of another program for an encoder: a <c>state_dict</c> or a whole checkpoint of PyTorch, or a safetensors
/// file.</summary>
internal static class ForeignEncoder
{
    private const int Named = 5;

    /// <summary>Whether a file begins as safetensors do.</summary>
    internal static bool IsSafetensors(string path)
    {
        Span<byte> first = stackalloc byte[9];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first[8] == (byte)'{';
    }

    /// <summary>Puts a file's weights into an encoder; all of them or none.</summary>
    /// <returns>What was taken and what was not, for people.</returns>
    /// <exception cref="TorchException">MS1007, MS5191, MS5192: the file cannot be read.</exception>
    /// <exception cref="MocoException">MS5193: tensors are missing, or have another shape.</exception>
    internal static string Load(string path, Encoder encoder, bool adaptsChannels = false)
    {
        using TensorScope scope = TensorScope.Begin();
        using IDisposable file = Open(path, out IReadOnlyList<NamedShape> there, out Func<string, Tensor> read);
        KeyMatch match = Matched(path, there, encoder, adaptsChannels);
        foreach (string name in match.Matched)
            encoder.Load(new Dictionary<string, Tensor> { [name] = read(match.Prefix + name) }, path, strict: false);
        if (match.Misfits is not [var first]) return Told(path, match);
        Tensor adapted = FirstLayer.Adapted(read(match.Prefix + first.Name), first.Network[1]);
        encoder.Load(new Dictionary<string, Tensor> { [first.Name] = adapted }, path, strict: false);
        return $"{Told(path, match)}; {FirstLayer.Told(first.File[1], first.Network[1])}";
    }

    /// <summary>What <see cref="Load"/> would take, for people.</summary>
    /// <inheritdoc cref="Load"/>
    internal static string Match(string path, EncoderOptions options)
    {
        using TensorScope scope = TensorScope.Begin();
        using Encoder encoder = EncoderRegistry.Create(options);
        return Told(path, Matched(path, ShapesOf(path), encoder, adaptsChannels: false));
    }

    private static KeyMatch Matched(string path, IReadOnlyList<NamedShape> there, Encoder encoder, bool adaptsChannels)
    {
        NamedShape[] network = [.. encoder.State().Select(static item => new NamedShape(item.Name, item.Value.Shape))];
        KeyMatch match = KeyMatch.Of(there, network);
        bool isOfOtherChannels = match is { LacksNothing: true, Misfits: [var misfit] } && FirstLayer.Adapts(misfit, encoder);
        if (match.IsWhole && match.Matched.Count > 0 || isOfOtherChannels && adaptsChannels) return match;
        throw new MocoException(ErrorIds.NothingFits, $"the file's weights do not fit {encoder.Options.Name}: {match.Matched.Count} "
            + $"of {network.Length} tensors match{Under(match)}{Told("of another shape", match.Misfits.Select(Shapes))}"
            + Told("missing", match.Missing), at: path,
            fix: isOfOtherChannels ? "add --adapt-channels to 'moco train' to adapt the first layer, or set encoder.channels to the file's"
            : $"see what it holds: moco inspect {CommandText.Quoted(path)}; then set encoder.name, encoder.width and "
            + "encoder.channels in the recipe to it");
    }

    private static string Told(string path, KeyMatch match) => $"{match.Matched.Count} tensors of {path} match{Under(match)}"
        + Told("not there, so left as they start", match.Missing) + Told("not taken", match.Unused);

    private static string Under(KeyMatch match) => match.Prefix.Length == 0 ? "" : $" under '{match.Prefix}'";

    /// <summary>Names and shapes of a file's tensors.</summary>
    /// <exception cref="TorchException">MS1007, MS5191, MS5192: the file cannot be read.</exception>
    internal static IReadOnlyList<NamedShape> ShapesOf(string path)
    {
        using IDisposable file = Open(path, out IReadOnlyList<NamedShape> there, out _);
        return there;
    }

    // in torchvision's spelling, whatever the file's is
    private static IDisposable Open(string path, out IReadOnlyList<NamedShape> tensors, out Func<string, Tensor> read)
    {
        if (IsSafetensors(path))
        {
            SafetensorsFile file = Safetensors.Open(path);
            (tensors, read) = Spelled([.. file.Names], name => file.PlaceOf(name).Shape, name => file[name]);
            return file;
        }
        TorchFile saved = TorchFile.Open(path);
        (tensors, read) = Spelled([.. saved.Names], saved.ShapeOf, name => saved[name]);
        return saved;
    }

    private static (IReadOnlyList<NamedShape>, Func<string, Tensor>) Spelled(
        string[] names, Func<string, IReadOnlyList<long>> shapeOf, Func<string, Tensor> read)
    {
        string[] usual = ResNetSpelling.Usual(names);
        Dictionary<string, string> own = usual.Zip(names).ToDictionary(static pair => pair.First, static pair => pair.Second);
        return ([.. usual.Select(name => new NamedShape(name, shapeOf(own[name])))], name => read(own[name]));
    }

    private static string Shapes(KeyMisfit misfit) =>
        $"{misfit.Name} [{string.Join(", ", misfit.File)}] for [{string.Join(", ", misfit.Network)}]";

    private static string Told(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "" : $"; {what}: {string.Join(", ", all.Take(Named))}"
            + (all.Length > Named ? $" and {all.Length - Named} more" : "");
    }
}
