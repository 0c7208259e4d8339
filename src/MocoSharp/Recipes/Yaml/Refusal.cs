using System.Text.RegularExpressions;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Turns what a record's own checks throw into an error at the key that they name.</summary>
internal static partial class Refusal
{
    public static bool Covers(Exception error) => error is ArgumentException or MocoException and not RecipeException;

    public static RecipeException Explain(
        Exception error, RecordShape shape, IReadOnlyList<YamlEntry> entries, object?[] arguments, YamlPlace place, BindPath path)
    {
        (string? id, string? at, string? fix) = error switch
        {
            OptionException option => (option.Id, option.Option, option.Fix),
            MocoException own => (own.Id, own.At, own.Fix),
            _ => (null, ((ArgumentException)error).ParamName, null),
        };
        RecordKey? key = shape.Find(at);
        YamlEntry? entry = Along(at, entries) ?? entries.FirstOrDefault(e => e.Key == key?.Name) ?? OnlyOne(at, entries);
        string where = (entry?.Value.Place ?? place).ToString();
        if (id is not null) return new RecipeException(id, error.Message, where, fix, error);

        string reason = Reason((ArgumentException)error);
        if (key is null) return new RecipeException(ErrorIds.OutOfRange, $"{path.Subject}: {reason}", where,
            "change the values that it names", error);
        object? value = arguments[shape.Keys.TakeWhile(k => k != key).Count()];
        string written = entry?.Value.Describe() ?? $"{value ?? "nothing"} (the default)";
        return new RecipeException(ErrorIds.OutOfRange, $"{path.Then(key.Name).Text} is {written}: {reason}", where,
            $"give {key.Name} another value", error);
    }

    // A record that checks several others names a value by its path (training.batchSize) …
    private static YamlEntry? Along(string? path, IReadOnlyList<YamlEntry> entries)
    {
        YamlEntry? found = null;
        foreach (string step in path?.Split('.') ?? [])
        {
            found = (found is null ? entries : Within(found.Value))
                .FirstOrDefault(entry => entry.Key.Equals(step, StringComparison.OrdinalIgnoreCase));
            if (found is null) return null;
        }
        return found;
    }

    // … or by its key alone, which is enough where there is only one of that name.
    private static YamlEntry? OnlyOne(string? key, IReadOnlyList<YamlEntry> entries) =>
        entries.SelectMany(All).Where(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray() is [var only]
        ? only : null;

    private static IEnumerable<YamlEntry> All(YamlEntry entry) => Within(entry.Value).SelectMany(All).Prepend(entry);

    private static IEnumerable<YamlEntry> Within(YamlNode node) => node switch
    {
        YamlMap map => map.Entries,
        YamlList list => list.Items.SelectMany(Within),
        _ => [],
    };

    // .NET's "Size ('0') must be greater … (Parameter 'Size')\nActual value was 0." says name and value again; we have both.
    private static string Reason(ArgumentException error)
    {
        string text = error.Message.Split('\n')[0].Trim();
        if (error.ParamName is { } name)
        {
            text = text.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
            if (text.StartsWith(name, StringComparison.Ordinal)) text = $"it{NameAndValue().Replace(text[name.Length..], "", 1)}";
        }
        return text.TrimEnd('.');
    }

    [GeneratedRegex(@"^ \('.*?'\)")]
    private static partial Regex NameAndValue();
}
