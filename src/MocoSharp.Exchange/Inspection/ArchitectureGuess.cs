using System.Globalization;
using MocoSharp.Encoders;
using MocoSharp.Runs;

namespace MocoSharp.Exchange.Inspection;

/// <summary>Which encoder of the registry a file's names and shapes are those of, in words.</summary>
internal static class ArchitectureGuess
{
    /// <summary>In words: the encoder, its width and channels, and what stands before its names; null where it is none.</summary>
    /// <param name="tensors">What the file holds.</param>
    /// <param name="bytes">Its length.</param>
    internal static string? Of(IReadOnlyList<InspectedTensor> tensors, long bytes)
    {
        string[] usual = ResNetSpelling.Usual([.. tensors.Select(static tensor => tensor.Name)]);
        return EncoderGuess.Of([.. usual.Zip(tensors, static (name, tensor) => new NamedShape(name, tensor.Shape))], bytes) is not { } guess
            ? null
            : guess.Name + (guess.Options is { } options ? Told(options) : ", of other widths")
            + (guess.Prefix.Length == 0 ? "" : $", under {guess.Prefix}");
    }

    private static string Told(EncoderOptions options)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $", width {options.Width:0.###}, {options.Channels} channels");
        return options is VisionTransformerOptions transformer ? $"{words}, patches of {transformer.PatchSize}" : words;
    }
}
