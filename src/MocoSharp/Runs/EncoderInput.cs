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
    internal const string Key = InputText.Key;

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

    internal string ToJson() => InputText.Of(Reading, View, static step => new JsonObject
    {
        ["op"] = "recipe",
        ["step"] = RecipeFile.TextOf(new ViewSettings([step], ChannelStats.Half)),
    });

    /// <exception cref="JsonException">It is not of this form.</exception>
    internal static EncoderInput Parse(string text)
    {
        (DecodeRequest reading, ViewPipeline view) = InputText.Parse(text, static step => (string?)step["op"] switch
        {
            "recipe" => RecipeFile.View((string)step["step"]!).Steps[0],
            var other => throw new JsonException($"this version knows no step '{other}'"),
        });
        return new EncoderInput(reading, view);
    }
}
