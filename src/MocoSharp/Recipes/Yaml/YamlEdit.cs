using System.Globalization;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Replaces or adds one value of a document. The value's place is the edit itself.</summary>
internal sealed class YamlEdit
{
    private readonly string[] _steps;
    private readonly YamlPlace _place;
    private readonly YamlNode _value;

    private YamlEdit(string path, string value)
    {
        _steps = path.Split('.');
        _place = new YamlPlace($"--set {path}={value}");
        _value = value.Length > 0 && value[0] is '[' or '{' or '"' or '\''
            ? YamlReader.Read(value, _place.Source, _place)
            : new YamlScalar(value, IsPlain: true, _place);
    }

    public static YamlMap Apply(YamlMap root, string path, string value)
    {
        YamlEdit edit = new(path, value);
        if (edit._steps.Any(string.IsNullOrWhiteSpace))
            throw edit.Bad($"the path '{path}' has an empty part", "join keys by single dots, such as training.epochs");
        return edit.Replace(root, depth: 0);
    }

    private YamlNode At(YamlNode? old, int depth) => depth == _steps.Length ? _value : old switch
    {
        null => Replace(new YamlMap([], _place), depth),
        YamlMap map => Replace(map, depth),
        YamlList list => Replace(list, depth),
        YamlScalar { IsNull: true } => Replace(new YamlMap([], _place), depth),
        _ => throw Bad($"{PathTo(depth)} is the single value {old.Describe()}, so it has no '{_steps[depth]}'",
            $"set {PathTo(depth)} as a whole"),
    };

    private YamlMap Replace(YamlMap map, int depth)
    {
        string key = _steps[depth];
        YamlEntry? old = map.Find(key);
        YamlNode value = At(old?.Value, depth + 1);
        // The key keeps its place in the file unless the edit is about this very key: errors inside point at what is wrong.
        YamlEntry entry = new(key, old is null || depth == _steps.Length - 1 ? _place : old.KeyPlace, value);
        return map with { Entries = old is null ? [.. map.Entries, entry] : [.. map.Entries.Select(e => e == old ? entry : e)] };
    }

    private YamlList Replace(YamlList list, int depth)
    {
        if (!int.TryParse(_steps[depth], NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index > list.Items.Count)
            throw Bad($"{PathTo(depth)} is {list.Describe()} and has no item '{_steps[depth]}'",
                list.Items.Count == 0 ? "write 0 to add the first"
                : $"write a number from 0 to {list.Items.Count - 1}, or {list.Items.Count} to add one");
        YamlNode item = At(index < list.Items.Count ? list.Items[index] : null, depth + 1);
        return list with
        {
            Items = index == list.Items.Count ? [.. list.Items, item]
            : [.. list.Items.Select((old, i) => i == index ? item : old)]
        };
    }

    private string PathTo(int depth) => string.Join('.', _steps.Take(depth));

    private RecipeException Bad(string what, string fix) => new(ErrorIds.BadEdit, what, _place.ToString(), fix);
}
