using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Embedding;

/// <summary>What a model takes and gives, as its metadata say.</summary>
/// <param name="Encoder">The encoder's name.</param>
/// <param name="Reading">How pictures are read.</param>
/// <param name="View">What is made of them.</param>
/// <param name="Size">The shape of the result.</param>
/// <param name="Bytes">Whether the graph takes bytes [N, H, W, C] and normalizes them itself; else [N, C, H, W], normalized.</param>
/// <param name="Features">Numbers a picture.</param>
internal sealed record ModelInput(string Encoder, DecodeRequest Reading, ViewPipeline View, ImageSize Size, bool Bytes, int Features)
{
    internal const string Pictures = "pictures", Pixels = "pixels", Output = "features";

    private const string Export = "export the encoder with 'moco export RUN --to onnx'";

    /// <exception cref="MocoException">MS5240: no encoder that was exported. MS5242: pictures are prepared in another way.</exception>
    internal static ModelInput Of(InferenceSession session, string name)
    {
        Dictionary<string, string> texts = session.ModelMetadata.CustomMetadataMap;
        if (!texts.TryGetValue(InputText.Key, out string? text))
            throw new MocoException(ErrorIds.NotAnEncoder,
                "the model does not say how a picture becomes what it takes: its metadata have no 'preprocessing'", name, Export);
        (DecodeRequest reading, ViewPipeline view) = Parse(text, name);
        bool bytes = session.InputMetadata.ContainsKey(Pixels);
        ImageSize size = view.Output(reading.Channels);
        int[] wanted = bytes ? [size.Height, size.Width, size.Channels] : [size.Channels, size.Height, size.Width];
        if (!session.InputMetadata.TryGetValue(bytes ? Pixels : Pictures, out NodeMetadata? input) || session.InputMetadata.Count > 1
            || input.ElementDataType != (bytes ? TensorElementType.UInt8 : TensorElementType.Float)
            || !input.Dimensions.AsSpan().EndsWith(wanted) || input.Dimensions.Length != 4)
            throw new MocoException(ErrorIds.NotAnEncoder,
                $"the model takes {Shapes(session.InputMetadata)}, and its metadata speak of pictures of {size}", name, Export);
        if (!session.OutputMetadata.TryGetValue(Output, out NodeMetadata? output) || output.Dimensions is not [_, > 0 and int features])
            throw new MocoException(ErrorIds.NotAnEncoder,
                $"the model gives {Shapes(session.OutputMetadata)}, where '{Output}' [batch, D] should be", name, Export);
        return new ModelInput(texts.GetValueOrDefault("encoder", "encoder"), reading, view, size, bytes, features);
    }

    private static (DecodeRequest, ViewPipeline) Parse(string text, string name)
    {
        try
        {
            return InputText.Parse(text, step => throw new MocoException(ErrorIds.OtherPreparation,
                $"the encoder's pictures pass a step that only the training side knows: {step.ToJsonString()}", name,
                "embed with MocoSharp's own Embedder"));
        }
        catch (JsonException error) when (error.InnerException is MocoException { Id: ErrorIds.OtherPreparation } other)
        {
            throw other;
        }
        catch (JsonException error)
        {
            throw new MocoException(ErrorIds.NotAnEncoder, $"the model's metadata cannot be understood: {error.Message}", name, Export,
                error);
        }
    }

    private static string Shapes(IReadOnlyDictionary<string, NodeMetadata> values) => values.Count == 0 ? "nothing"
        : string.Join(" and ", values.Select(static value =>
            $"'{value.Key}' {(value.Value.IsTensor ? $"{value.Value.ElementDataType} [{string.Join(", ", value.Value.Dimensions)}]"
            : "that is no tensor")}"));
}
