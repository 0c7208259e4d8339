using System.Text.RegularExpressions;
using MocoSharp.Imaging;
using MocoSharp.Torch;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Turns what a record's own checks throw into an error at the key that they name.</summary>
internal static partial class Refusal
{
    public static bool Covers(Exception error) => error is not RecipeException && error is ArgumentException or MocoException or ImagingException or TorchException;

    public static RecipeException Explain(
        Exception error, RecordShape shape, IReadOnlyList<YamlEntry> entries, object?[] arguments, YamlPlace place, BindPath path)
    {
        (string? id, string? at, string? fix) = error switch
        {
            OptionException option => (option.Id, option.Option, option.Fix),
            MocoException own => (own.Id, own.At, own.Fix),
            ImagingException imaging => (imaging.Id, imaging.At, imaging.Fix),
            TorchException torch => (torch.Id, torch.At, torch.Fix),
            _ => (null, ((ArgumentException)error).ParamName, null),
        };
        RecordKey? key = shape.Find(at);
        YamlEntry? entry = entries.FirstOrDefault(e => e.Key == key?.Name);
        string where = ((entry ?? Locate(at, entries))?.Value.Place ?? place).ToString();
        if (id is not null) return new RecipeException(id, error.Message, where, fix, error);

        string reason = Reason((ArgumentException)error);
        if (key is null) return new RecipeException(ErrorIds.OutOfRange, $"{path.Subject}: {reason}", where, "change the values that it names", error);
        object? value = arguments[shape.Keys.TakeWhile(k => k != key).Count()];
        string written = entry?.Value.Describe() ?? $"{value ?? "nothing"} (the default)";
        return new RecipeException(ErrorIds.OutOfRange, $"{path.Then(key.Name).Text} is {written}: {reason}", where, $"give {key.Name} another value", error);
    }

    // A record that checks several others names one by its path (training.batchSize), or by its key alone where there is only one of that name.
    private static YamlEntry? Locate(string? name, IReadOnlyList<YamlEntry> entries)
    {
        if (name is null) return null;
        string[] steps = name.Split('.');
        IEnumerable<YamlEntry> found = entries;
        for (int i = 0; i < steps.Length; i++)
        {
            if (i > 0) found = found.SelectMany(entry => Within(entry.Value));
            found = [.. found.Where(entry => entry.Key.Equals(steps[i], StringComparison.OrdinalIgnoreCase))];
        }
        if (!found.Any()) found = [.. entries.SelectMany(All).Where(entry => entry.Key.Equals(steps[^1], StringComparison.OrdinalIgnoreCase))];
        return found.Take(2).ToArray() is [var only] ? only : null;
    }

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
