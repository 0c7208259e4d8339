using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Recipes;

/// <summary>A key that recipes do not agree on.</summary>
/// <param name="Key">The key, as <c>--set</c> takes it: <c>training.epochs</c>, <c>views.0.steps</c>.</param>
/// <param name="Values">What each recipe has there; null where it has no such key.</param>
public sealed record RecipeDisagreement(string Key, IReadOnlyList<string?> Values);

/// <summary>What is otherwise in one recipe than in another.</summary>
public static class RecipeDifference
{
    /// <summary>All keys on which recipes do not agree, in the recipes' order. Where keys below one differ, each has an entry of its
    /// own; where lists differ in length, they are compared whole.</summary>
    /// <param name="recipes">One or more.</param>
    public static IReadOnlyList<RecipeDisagreement> Among(IReadOnlyList<Recipe> recipes) => Compared(recipes, isDeep: true);

    /// <summary>The changes from one to the other as <c>--set</c> takes them, in the recipe's order: <c>training.epochs=5</c>.</summary>
    internal static IReadOnlyList<string> Between(Recipe before, Recipe after) =>
        [.. Compared([before, after], isDeep: false).Select(static one => $"{one.Key}={one.Values[1]}")];

    private static List<RecipeDisagreement> Compared(IReadOnlyList<Recipe> recipes, bool isDeep)
    {
        List<RecipeDisagreement> found = [];
        Compare([.. recipes.Select(static recipe => YamlDocumentFile.Parse(new RecipeFile(recipe, "").Text, recipe.Name).Root)], "", isDeep,
            found);
        return found;
    }

    private static void Compare(IReadOnlyList<YamlNode?> nodes, string path, bool isDeep, List<RecipeDisagreement> found)
    {
        string?[] texts = [.. nodes.Select(static node => node is null ? null : Text(node))];
        if (texts.Distinct().Count() == 1) return;
        string below = path.Length == 0 ? "" : $"{path}.";
        YamlMap[] maps = [.. nodes.OfType<YamlMap>()];
        YamlList[] lists = [.. nodes.OfType<YamlList>()];
        if (maps.Length == nodes.Count && (HaveSameKeys(maps) || isDeep && maps.All(static map => map.Find("name") is not null)))
            foreach (string key in maps.SelectMany(static map => map.Entries).Select(static entry => entry.Key).Distinct())
                Compare([.. maps.Select(map => map.Find(key)?.Value)], below + key, isDeep, found);
        else if (isDeep && lists.Length == nodes.Count && lists.All(list => list.Items.Count == lists[0].Items.Count))
            for (int item = 0; item < lists[0].Items.Count; item++)
                Compare([.. lists.Select(list => list.Items[item])], $"{below}{item}", isDeep, found);
        else found.Add(new RecipeDisagreement(path, texts));
    }

    private static bool HaveSameKeys(YamlMap[] maps) => maps.All(map => map.Entries.Select(static entry => entry.Key)
        .SequenceEqual(maps[0].Entries.Select(static entry => entry.Key)));

    private static string Text(YamlNode node) => node switch
    {
        YamlScalar scalar => scalar.Text,
        YamlList list => $"[{string.Join(",", list.Items.Select(Text))}]",
        YamlMap map => $"{{{string.Join(",", map.Entries.Select(static entry => $"{entry.Key}:{Text(entry.Value)}"))}}}",
        _ => "",
    };
}
