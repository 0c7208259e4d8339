using System.Text.Json;
using System.Text.Json.Nodes;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Recipes;

namespace MocoSharp.Runs;

/// <summary>What an encoder expects to see of a picture: how it is read, cut and normalized, in numbers.</summary>
/// <param name="Reading">Color or bands, and which samples become black and white.</param>
/// <param name="View">Nothing random.</param>
/// <remarks>In an encoder's file it is the JSON object <c>preprocessing</c>: <c>color</c>, <c>size</c> [channels, height, width],
/// <c>steps</c> in order, <c>mean</c> and <c>std</c>, one number a channel, on the scale 0 to 1; where they were set, <c>background</c>
/// [red, green, blue], <c>range</c>, [low, high] or "picture", <c>channels</c>, the files' bands by name, and <c>ranges</c>, one a channel;
/// <c>color</c> is "bands" then. The steps are <c>center_fit</c> (where the shorter side is longer than <c>size</c>, resize it to
/// <c>resize</c>, else to <c>size</c>; then cut out the middle square), <c>center_crop</c>, <c>squash</c> (resize to a square),
/// <c>resize</c> (of the shorter side), <c>color_space</c>, <c>sobel</c>, <c>lightness</c>, and <c>recipe</c> for one that a user's
/// assembly registered, as a recipe writes it. Resizing is antialiased, as Pillow's.</remarks>
public sealed record EncoderInput(DecodeRequest Reading, ViewPipeline View)
{
    internal const string Key = "preprocessing";

    /// <summary>What a recipe's encoder is tested with.</summary>
    internal static EncoderInput Of(Recipe recipe) =>
        new(recipe.Data.Request() with { MaximumPixels = DecodeRequest.DefaultMaximumPixels }, recipe.EvaluationView());

    /// <summary>How pictures are read for it.</summary>
    internal DataSettings Settings() => new(Reading.Color)
    {
        Background = Reading.Background is { } color ? [color.Red, color.Green, color.Blue] : null,
        Range = Reading.Range is { } range && range != SampleRange.OfPicture ? new((float)range.Low, (float)range.High) : null,
        RangeOf = Reading.Range == SampleRange.OfPicture ? Recipes.RangeOf.Picture : Recipes.RangeOf.Type,
        Channels = ValueList.Create([.. Reading.Bands?.Names ?? []]),
        Ranges = [.. (Reading.Bands?.Ranges ?? []).Select(static range => ValueList.Create([range.Low, range.High]))],
    };

    internal string ToJson()
    {
        ImageSize size = View.Output(Reading.Channels);
        JsonObject json = new()
        {
            ["color"] = Reading.Bands is not null ? "bands" : Reading.Color == Color.Gray ? "gray" : "rgb",
            ["size"] = new JsonArray(size.Channels, size.Height, size.Width),
            ["steps"] = new JsonArray([.. View.Steps.Select(StepOf)]),
            ["mean"] = Each(View.Stats.Mean, size.Channels),
            ["std"] = Each(View.Stats.Deviation, size.Channels),
        };
        if (Reading.Background is { } color) json["background"] = new JsonArray(color.Red, color.Green, color.Blue);
        if (Reading.Range is { } range)
            json["range"] = range == SampleRange.OfPicture ? "picture" : new JsonArray(range.Low, range.High);
        if (Reading.Bands is not { } bands) return json.ToJsonString();
        json["channels"] = new JsonArray([.. bands.Names.Select(static name => (JsonNode)name)]);
        if (bands.Ranges.Count > 0)
            json["ranges"] = new JsonArray([.. bands.Ranges.Select(static one => new JsonArray(one.Low, one.High))]);
        return json.ToJsonString();
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

    /// <exception cref="JsonException">It is not of this form.</exception>
    internal static EncoderInput Parse(string text)
    {
        try
        {
            JsonNode json = JsonNode.Parse(text) ?? throw new JsonException("it is empty");
            ChannelStats stats = new("encoder", Numbers(json["mean"]!), Numbers(json["std"]!));
            Color color = (string?)json["color"] switch
            {
                "gray" => Color.Gray,
                "rgb" or "bands" => Color.Rgb,
                var other => throw new JsonException($"color is '{other}'"),
            };
            DecodeRequest reading = new(color, Background: BackgroundOf(json["background"]), Range: RangeOf(json["range"]),
                Bands: BandsOf(json));
            return new EncoderInput(reading, new ViewPipeline([.. json["steps"]!.AsArray().Select(static step => StepOf(step!))], stats));
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException or ArgumentException
            or RecipeException)
        {
            throw new JsonException($"its preprocessing is damaged: {error.Message}", error);
        }
    }

    private static JsonNode StepOf(Augmentation step) => step switch
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
        _ => new JsonObject { ["op"] = "recipe", ["step"] = RecipeFile.TextOf(new ViewSettings([step], ChannelStats.Half)) },
    };

    private static Augmentation StepOf(JsonNode json) => (string?)json["op"] switch
    {
        "center_fit" => new CenterFit((int)json["size"]!, (float)json["share"]!, Interpolated(json)),
        "center_crop" => new CenterCrop((int)json["size"]!),
        "squash" => new Squash((int)json["size"]!, Interpolated(json)),
        "resize" => new Resize((int)json["size"]!, Interpolated(json)),
        "color_space" => new ColorSpace(Enum.Parse<ColorModel>((string)json["to"]!, ignoreCase: true)),
        "sobel" => new Sobel(),
        "lightness" => new Lightness(),
        "recipe" => RecipeFile.View((string)json["step"]!).Steps[0],
        var other => throw new JsonException($"this version knows no step '{other}'"),
    };

    private static string Name(Interpolation interpolation) => interpolation.ToString().ToLowerInvariant();

    private static Interpolation Interpolated(JsonNode json) => Enum.Parse<Interpolation>((string)json["interpolation"]!, ignoreCase: true);

    private static JsonArray Each(IReadOnlyList<float> values, int channels) =>
        [.. Enumerable.Range(0, channels).Select(c => (JsonNode)JsonValue.Create(values[values.Count == 1 ? 0 : c]))];

    private static float[] Numbers(JsonNode json) => [.. json.AsArray().Select(static value => (float)value!)];
}
