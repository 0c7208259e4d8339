using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Recipes;

/// <summary>What is otherwise in one recipe than in another.</summary>
internal static class RecipeDifference
{
    /// <summary>The changes from one to the other as <c>--set</c> takes them, in the recipe's order: <c>training.epochs=5</c>.</summary>
    internal static IReadOnlyList<string> Between(Recipe before, Recipe after)
    {
        List<string> changes = [];
        Compare(Root(before), Root(after), "", changes);
        return changes;
    }

    private static YamlMap Root(Recipe recipe) => YamlDocumentFile.Parse(new RecipeFile(recipe, "").Text, recipe.Name).Root;

    private static void Compare(YamlNode before, YamlNode after, string path, List<string> changes)
    {
        if (before is YamlMap one && after is YamlMap other && one.Entries.Select(static entry => entry.Key)
            .SequenceEqual(other.Entries.Select(static entry => entry.Key)))
        {
            foreach ((YamlEntry was, YamlEntry now) in one.Entries.Zip(other.Entries))
                Compare(was.Value, now.Value, path.Length == 0 ? was.Key : $"{path}.{was.Key}", changes);
            return;
        }
        if (Text(before) != Text(after)) changes.Add($"{path}={Text(after)}");
    }

    private static string Text(YamlNode node) => node switch
    {
        YamlScalar scalar => scalar.Text,
        YamlList list => $"[{string.Join(",", list.Items.Select(Text))}]",
        YamlMap map => $"{{{string.Join(",", map.Entries.Select(static entry => $"{entry.Key}:{Text(entry.Value)}"))}}}",
        _ => "",
    };
}
