using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MocoSharp.Encoders;
using MocoSharp.Exchange.Onnx.Schema;
using MocoSharp.Imaging.Augment;
using MocoSharp.Runs;

namespace MocoSharp.Exchange.Onnx;

/// <summary>Encoders as ONNX models: pictures in, features out, any number at once.</summary>
internal static class OnnxEncoder
{
    internal const int OperatorSet = 17, IrVersion = 8;
    internal const string Values = "pictures", Pixels = "pixels", Features = "features";

    /// <summary>Writes a model.</summary>
    /// <param name="encoder">In evaluation mode, on the processor.</param>
    /// <param name="input">What it expects to see of a picture.</param>
    /// <param name="half">Weights as float16; it still computes in float32.</param>
    /// <param name="pixels">The graph takes bytes [N, H, W, C] and normalizes them itself; else it takes what is normalized,
    /// [N, C, H, W].</param>
    /// <param name="texts">More for the metadata.</param>
    /// <exception cref="MocoException">MS5190: it does what has no word here, or its pictures cannot be bytes.</exception>
    internal static byte[] Model(Encoder encoder, EncoderInput input, bool half, bool pixels, IReadOnlyDictionary<string, string> texts)
    {
        ImageSize size = input.View.Output(input.Reading.Channels);
        long[] shape = [size.Channels, size.Height, size.Width];
        RecordedNetwork network = RecordedNetwork.Of(encoder, shape);
        OnnxGraph graph = new(half);
        foreach (string name in new[] { Values, Pixels, Features }) graph.Unique(name);
        string features = new OnnxOperators(graph).Write(network, pixels ? Normalized(graph, input, size) : Values);
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = nameof(MocoSharp),
            ProducerVersion = RunEnvironment.ProgramVersion,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
            Graph = graph.Finish(pixels ? (Pixels, TensorProto.Types.DataType.Uint8, [-1, size.Height, size.Width, size.Channels])
                : (Values, TensorProto.Types.DataType.Float, [-1, .. shape]), features, Features, encoder.Features),
        };
        foreach ((string key, string text) in Described(encoder, input, pixels).Concat(texts))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        return model.ToByteArray();
    }

    // (x / 255 − mean) / deviation
    private static string Normalized(OnnxGraph graph, EncoderInput input, ImageSize size)
    {
        if (input.Reading.Range is not null || input.Reading.Bands is not null)
            throw NoBytes("its pictures are bands, or numbers of a range of their own");
        if (input.View.Steps.FirstOrDefault(static step => step is not (CenterFit or CenterCrop or Squash or Resize)) is { } step)
            throw NoBytes($"its pictures pass {step.GetType().Name} before they are normalized");
        float[] Each(Func<float, float, double> number) => [.. Enumerable.Range(0, size.Channels)
            .Select(c => (float)number(Of(input.View.Stats.Mean, c), Of(input.View.Stats.Deviation, c)))];
        static float Of(IReadOnlyList<float> numbers, int channel) => numbers[numbers.Count == 1 ? 0 : channel];
        string map = graph.Node("Cast", [Pixels], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float));
        float[] scale = Each(static (_, deviation) => 1 / (255.0 * deviation)),
            shift = Each(static (mean, deviation) => -(double)mean / deviation);
        map = graph.Node("Mul", [map, graph.Weights("pixels.scale", scale, size.Channels)]);
        map = graph.Node("Add", [map, graph.Weights("pixels.shift", shift, size.Channels)]);
        return graph.Node("Transpose", [map], OnnxGraph.Attribute("perm", 0, 3, 1, 2));
    }

    private static MocoException NoBytes(string what) => new(ErrorIds.ExportRefused,
        $"this encoder cannot take pictures as bytes: {what}", fix: "leave --pixels out: the graph then takes what is normalized already");

    /// <summary>The pre-processing in single words, beside the whole of it under <c>preprocessing</c>.</summary>
    private static Dictionary<string, string> Described(Encoder encoder, EncoderInput input, bool pixels)
    {
        string whole = input.ToJson();
        JsonObject json = JsonNode.Parse(whole)!.AsObject();
        Dictionary<string, string> texts = new()
        {
            ["encoder"] = encoder.Options.Name,
            ["preprocessing"] = whole,
            ["input"] = pixels ? "uint8 NHWC" : "float32 NCHW, normalized",
        };
        foreach (string key in new[] { "color", "size", "mean", "std" }) texts[key] = Text(json[key]!);
        if (json["steps"]!.AsArray().Select(static step => step!.AsObject())
            .FirstOrDefault(static step => step.ContainsKey("interpolation")) is not { } resized) return texts;
        texts["interpolation"] = Text(resized["interpolation"]!);
        texts["antialias"] = "true";
        texts["resize"] = Text(resized["resize"] ?? resized["size"]!);
        texts["crop"] = Text(resized["op"]!) switch { "center_fit" => "center", "squash" => "none", _ => "as steps" };
        return texts;
    }

    private static string Text(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? (string)node! : node.ToJsonString();
}
