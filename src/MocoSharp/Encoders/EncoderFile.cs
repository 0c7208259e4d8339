using System.Globalization;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Encoders;

/// <summary><c>encoder.safetensors</c>: an encoder's weights under torchvision's names, and in the head what it is.</summary>
public static class EncoderFile
{
    /// <summary>Writes an encoder.</summary>
    public static void Write(string path, Encoder encoder) => Safetensors.Write(path, encoder.State(), new Dictionary<string, string>
    {
        ["format"] = "pt",
        ["encoder"] = encoder.Options.Name,
        ["width"] = encoder.Options.Width.ToString("R", CultureInfo.InvariantCulture),
        ["channels"] = encoder.Options.Channels.ToString(CultureInfo.InvariantCulture),
        ["side"] = encoder.Options.Side.ToString(CultureInfo.InvariantCulture),
        ["pooling"] = encoder.Options.Pooling.ToString(),
    });

    /// <summary>Builds the encoder that a file holds, in evaluation mode.</summary>
    /// <exception cref="TorchException">Damaged, or the weights do not fit what the head names.</exception>
    /// <exception cref="MocoException">The head does not say which encoder it is.</exception>
    public static Encoder Read(string path)
    {
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Safetensors.Open(path);
        if (!file.Metadata.TryGetValue("encoder", out string? name))
            throw new MocoException(ErrorIds.NotAnEncoder, "the file's head names no encoder", at: path, fix: "use the encoder.safetensors of a run");
        EncoderOptions options = new(name,
            double.Parse(file.Metadata.GetValueOrDefault("width", "1"), CultureInfo.InvariantCulture),
            int.Parse(file.Metadata.GetValueOrDefault("channels", "3"), CultureInfo.InvariantCulture),
            Pooling: Enum.Parse<Pooling>(file.Metadata.GetValueOrDefault("pooling", nameof(Pooling.Average))),
            Side: int.Parse(file.Metadata.GetValueOrDefault("side", "96"), CultureInfo.InvariantCulture));
        Encoder encoder = EncoderRegistry.Create(options);
        encoder.Load(file.ReadAll(), path);
        encoder.Train(false);
        return encoder;
    }
}
