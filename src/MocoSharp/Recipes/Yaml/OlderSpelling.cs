using System.Text.RegularExpressions;
using MocoSharp.Encoders;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Recipe keys and names in their older, British spelling. They go on working, and a note says how they are written now.</summary>
internal static class OlderSpelling
{
    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["neighbours"] = "neighbors",
        ["colour"] = "color",
        ["regularisation"] = "regularization",
        ["colours"] = "colors",
        ["colourSpace"] = "colorSpace",
        ["centreCrop"] = "centerCrop",
        ["centreFit"] = "centerFit",
    };

    private static readonly Dictionary<string, string> s_names = new() { ["grey"] = "gray", ["stl10Grey"] = "stl10Gray" };

    /// <summary>A document with today's spelling.</summary>
    /// <param name="root">As it was written.</param>
    /// <param name="notes">Gets a sentence for each old spelling.</param>
    internal static YamlMap Renew(YamlMap root, ICollection<string> notes)
    {
        YamlMap today = (YamlMap)Renew((YamlNode)root, notes);
        return today with
        {
            Entries = [.. today.Entries.Select(static entry => entry switch
            {
                { Key: "encoder", Value: YamlMap encoder } => entry with { Value = WithoutOthers(encoder) },
                { Key: "data", Value: YamlMap data } => entry with { Value = WithRangeOf(data) },
                _ => entry,
            })],
        };
    }

    // rangeOfPicture: true was a key of its own
    private static YamlMap WithRangeOf(YamlMap data) => data with
    {
        Entries = [.. data.Entries.Where(static entry => entry is not { Key: "rangeOfPicture", Value: YamlScalar { Text: "false" } })
            .Select(static entry => entry is { Key: "rangeOfPicture", Value: YamlScalar { Text: "true" } value }
                ? entry with { Key = "rangeOf", Value = value with { Text = "picture" } } : entry)],
    };

    // Versions that had these keys for every encoder wrote them into every run's recipe.
    private static YamlMap WithoutOthers(YamlMap encoder)
    {
        if (encoder.Find(VariantFamily.NameOfKey)?.Value is not YamlScalar name) return encoder;
        RecordShape shape = RecordShape.Of(EncoderRegistry.OptionsOf(name.Text));
        return encoder with { Entries = [.. encoder.Entries.Where(entry => !IsOthers(entry, shape))] };
    }

    private static bool IsOthers(YamlEntry entry, RecordShape shape) => entry.Value is YamlScalar value && entry.Key switch
    {
        "depth" or "features" => value.IsNull,
        "side" => value.Text == "96" && shape.Find("side") is null,
        _ => false,
    };

    /// <summary>A recipe's text as versions wrote it that had the older spelling: their fingerprints are of it.</summary>
    internal static string Of(string text) => s_keys.Concat(s_names).Where(static word => word.Key != "neighbours")
        .Aggregate(text, static (written, word) => Regex.Replace(written, $@"\b{word.Value}\b", word.Key));

    /// <summary>The change <c>monitor.neighbours=5</c> with today's spelling.</summary>
    internal static string Renew(string assignment, ICollection<string> notes)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return assignment;
        IEnumerable<string> steps = assignment[..equals].Trim().Split('.').Select(step => Key(step, "--set", notes));
        return string.Join('.', steps) + assignment[equals..];
    }

    private static YamlNode Renew(YamlNode node, ICollection<string> notes) => node switch
    {
        YamlMap map => map with { Entries = [.. map.Entries.Select(entry => Renew(entry, notes))] },
        YamlList list => list with { Items = [.. list.Items.Select(item => Renew(item, notes))] },
        _ => node,
    };

    private static YamlEntry Renew(YamlEntry entry, ICollection<string> notes)
    {
        string key = Key(entry.Key, entry.KeyPlace.ToString(), notes);
        YamlNode value = Renew(entry.Value, notes);
        if (key is "color" or "normalize" && value is YamlScalar name && s_names.TryGetValue(name.Text, out string? today))
        {
            notes.Add($"{name.Place}: '{name.Text}' is written '{today}' now");
            value = name with { Text = today };
        }
        return entry with { Key = key, Value = value };
    }

    private static string Key(string key, string place, ICollection<string> notes)
    {
        if (!s_keys.TryGetValue(key, out string? today)) return key;
        notes.Add($"{place}: '{key}' is written '{today}' now");
        return today;
    }
}
