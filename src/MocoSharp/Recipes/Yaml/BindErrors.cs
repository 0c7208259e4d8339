namespace MocoSharp.Recipes.Yaml;

/// <summary>The binder's errors. Their text is part of the API.</summary>
internal static class BindErrors
{
    public static RecipeException UnknownKey(YamlEntry entry, BindPath path, IReadOnlyCollection<string> known) =>
        new(ErrorIds.UnknownKey, $"{path.Subject} has no key '{entry.Key}'", entry.KeyPlace.ToString(),
            NearestName.Fix(entry.Key, known, $"{path.Subject} takes"));

    public static RecipeException KeyOfAnother(YamlEntry entry, BindPath path, string name) =>
        new(ErrorIds.UnknownKey, $"{path.Subject} {name} has no key '{entry.Key}', which others have", entry.KeyPlace.ToString(),
            $"leave the key out; on the command line, write all of it anew: --set \"{path.Text}={{ name: {name} }}\"");

    public static RecipeException Missing(YamlPlace place, BindPath path, string key, string expected) =>
        new(ErrorIds.MissingKey, $"{path.Then(key).Text} is missing", place.ToString(), $"add '{key}:' with {expected}");

    public static RecipeException WrongType(YamlNode node, BindPath path, string expected, string fix) =>
        new(ErrorIds.WrongType, $"{path.Subject} takes {expected}, and {node.Describe()} is written", node.Place.ToString(), fix);

    public static RecipeException OutOfRange(YamlNode node, BindPath path, string takes)
    {
        string written = node is YamlList list ? $"[{string.Join(", ", list.Items.Select(static item => item.Describe()))}]"
            : node.Describe();
        return new(ErrorIds.OutOfRange, $"{path.Subject} is {written}, and it takes {takes}", node.Place.ToString(),
            $"set {path.Key} to {takes}");
    }

    public static RecipeException UnknownName(YamlScalar name, string noun, IReadOnlyCollection<string> known) =>
        new(ErrorIds.UnknownName, $"'{name.Text}' is no {noun}", name.Place.ToString(), NearestName.Fix(name.Text, known, "known"));
}
