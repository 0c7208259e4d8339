using System.Text.Json;
using System.Text.Json.Nodes;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Augment;

/// <summary>What an encoder expects to see of a picture, as JSON: the text <c>preprocessing</c> in files of encoders.</summary>
/// <remarks><c>color</c>, <c>size</c> [channels, height, width], <c>steps</c> in order, <c>mean</c> and <c>std</c>, one number a channel,
/// on the scale 0 to 1; where they were set, <c>background</c> [red, green, blue], <c>range</c>, [low, high] or "picture",
/// <c>channels</c>, the files' bands by name, and <c>ranges</c>, one a channel; <c>color</c> is "bands" then.</remarks>
internal static class InputText
{
    internal const string Key = "preprocessing";

    /// <summary>Writes it.</summary>
    /// <param name="reading">How pictures are read.</param>
    /// <param name="view">What is made of them.</param>
    /// <param name="other">Writes the steps that have no word here.</param>
    internal static string Of(DecodeRequest reading, ViewPipeline view, Func<Augmentation, JsonNode> other)
    {
        ImageSize size = view.Output(reading.Channels);
        JsonObject json = new()
        {
            ["color"] = reading.Bands is not null ? "bands" : reading.Color == Color.Gray ? "gray" : "rgb",
            ["size"] = new JsonArray(size.Channels, size.Height, size.Width),
            ["steps"] = new JsonArray([.. view.Steps.Select(step => StepOf(step) ?? other(step))]),
            ["mean"] = Each(view.Stats.Mean, size.Channels),
            ["std"] = Each(view.Stats.Deviation, size.Channels),
        };
        if (reading.Background is { } color) json["background"] = new JsonArray(color.Red, color.Green, color.Blue);
        if (reading.Range is { } range)
            json["range"] = range == SampleRange.OfPicture ? "picture" : new JsonArray(range.Low, range.High);
        if (reading.Bands is not { } bands) return json.ToJsonString();
        json["channels"] = new JsonArray([.. bands.Names.Select(static name => (JsonNode)name)]);
        if (bands.Ranges.Count > 0)
            json["ranges"] = new JsonArray([.. bands.Ranges.Select(static one => new JsonArray(one.Low, one.High))]);
        return json.ToJsonString();
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="other">Reads the steps that have no word here; may throw a <see cref="JsonException"/>.</param>
    /// <exception cref="JsonException">It is not of this form.</exception>
    internal static (DecodeRequest Reading, ViewPipeline View) Parse(string text, Func<JsonNode, Augmentation> other)
    {
        try
        {
            JsonNode json = JsonNode.Parse(text) ?? throw new JsonException("it is empty");
            ChannelStats stats = new("encoder", Numbers(json["mean"]!), Numbers(json["std"]!));
            Color color = (string?)json["color"] switch
            {
                "gray" => Color.Gray,
                "rgb" or "bands" => Color.Rgb,
                var unknown => throw new JsonException($"color is '{unknown}'"),
            };
            DecodeRequest reading = new(color, Background: BackgroundOf(json["background"]), Range: RangeOf(json["range"]),
                Bands: BandsOf(json));
            return (reading, new ViewPipeline([.. json["steps"]!.AsArray().Select(step => StepOf(step!) ?? other(step!))], stats));
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException or ArgumentException
            or MocoException)
        {
            throw new JsonException($"its preprocessing is damaged: {error.Message}", error);
        }
    }

    private static Rgb? BackgroundOf(JsonNode? json) =>
        json is JsonArray { Count: 3 } color ? new Rgb((byte)color[0]!, (byte)color[1]!, (byte)color[2]!) : null;

    private static BandSelection? BandsOf(JsonNode json) => json["channels"] is not JsonArray names ? null
        : new BandSelection([.. names.Select(static name => (string)name!)],
            [.. (json["ranges"]?.AsArray() ?? []).Select(static range => RangeOf(range)!.Value)]);

    private static SampleRange? RangeOf(JsonNode? json) => json switch
    {
        JsonArray { Count: 2 } range => new SampleRange((double)range[0]!, (double)range[1]!),
        null => null,
        _ => SampleRange.OfPicture,
    };

    private static JsonObject? StepOf(Augmentation step) => step switch
    {
        CenterFit fit => new JsonObject
        {
            ["op"] = "center_fit",
            ["size"] = fit.Size,
            ["resize"] = (int)MathF.Round(fit.Size / fit.Share),
            ["share"] = fit.Share,
            ["interpolation"] = Name(fit.Interpolation),
        },
        CenterCrop crop => new JsonObject { ["op"] = "center_crop", ["size"] = crop.Size },
        Squash squash => new JsonObject { ["op"] = "squash", ["size"] = squash.Size, ["interpolation"] = Name(squash.Interpolation) },
        Resize resize => new JsonObject { ["op"] = "resize", ["size"] = resize.Size, ["interpolation"] = Name(resize.Interpolation) },
        ColorSpace space => new JsonObject { ["op"] = "color_space", ["to"] = space.To.ToString().ToLowerInvariant() },
        Sobel => new JsonObject { ["op"] = "sobel" },
        Lightness => new JsonObject { ["op"] = "lightness" },
        _ => null,
    };

    private static Augmentation? StepOf(JsonNode json) => (string?)json["op"] switch
    {
        "center_fit" => new CenterFit((int)json["size"]!, (float)json["share"]!, Interpolated(json)),
        "center_crop" => new CenterCrop((int)json["size"]!),
        "squash" => new Squash((int)json["size"]!, Interpolated(json)),
        "resize" => new Resize((int)json["size"]!, Interpolated(json)),
        "color_space" => new ColorSpace(Enum.Parse<ColorModel>((string)json["to"]!, ignoreCase: true)),
        "sobel" => new Sobel(),
        "lightness" => new Lightness(),
        _ => null,
    };

    private static string Name(Interpolation interpolation) => interpolation.ToString().ToLowerInvariant();

    private static Interpolation Interpolated(JsonNode json) => Enum.Parse<Interpolation>((string)json["interpolation"]!, ignoreCase: true);

    private static JsonArray Each(IReadOnlyList<float> values, int channels) =>
        [.. Enumerable.Range(0, channels).Select(c => (JsonNode)JsonValue.Create(values[values.Count == 1 ? 0 : c]))];

    private static float[] Numbers(JsonNode json) => [.. json.AsArray().Select(static value => (float)value!)];
}
