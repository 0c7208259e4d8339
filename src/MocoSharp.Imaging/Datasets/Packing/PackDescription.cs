using System.Text.Json;
using System.Text.Json.Serialization;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>What a packed file says of itself, as JSON at its end.</summary>
/// <param name="Splits">Its parts in the order of the index: train, and test where there is one.</param>
/// <param name="Format">raw or jpeg.</param>
/// <param name="Size">Longest shorter side, pixels; 0 where pictures were not shrunk.</param>
/// <param name="Quality">JPEG's of pictures that were written anew.</param>
internal sealed record PackDescription(IReadOnlyList<PackSplit> Splits, string Format, int Size, int Quality)
{
    internal byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, PackJson.Default.PackDescription);

    /// <exception cref="JsonException">It is no such text.</exception>
    internal static PackDescription Read(ReadOnlySpan<byte> text) =>
        JsonSerializer.Deserialize(text, PackJson.Default.PackDescription) ?? throw new JsonException("it is empty");
}

/// <summary>One part of a packed file.</summary>
/// <param name="Name">train or test.</param>
/// <param name="Count">Pictures.</param>
/// <param name="Classes">The classes' names in label order; empty when nothing is labeled.</param>
internal sealed record PackSplit(string Name, int Count, IReadOnlyList<string> Classes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PackDescription))]
internal sealed partial class PackJson : JsonSerializerContext;
