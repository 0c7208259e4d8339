using System.Text;
using MocoSharp.Recipes;

namespace MocoSharp.Cli.Output;

/// <summary>All keys of recipes as a page of Markdown.</summary>
internal static class KeyPage
{
    private const string Head = """
        # Every key of a recipe
        Made by `./moco recipes keys --markdown > docs/recipe-keys.md`. A key is written as `--set` takes it; `N` stands for a
        number in a list, from 0. In a file the parts are nested: [a recipe whole](../recipes/photos.yaml).
        """;

    internal static string Of(IReadOnlyList<RecipeKey> keys)
    {
        StringBuilder page = new(Head);
        page.Append('\n');
        string? section = null;
        foreach (RecipeKey key in keys)
        {
            string own = Section(key);
            if (own != section)
            {
                page.Append($"\n## {own}\n| key | takes | default | what |\n|---|---|---|---|\n");
                section = own;
            }
            page.Append($"| `{key.Path}` | {Cell(key.Takes)} | "
                + $"{(key.Default.Length == 0 ? "" : key.Default == "required" ? "required" : $"`{key.Default}`")} | {Cell(key.What)} |\n");
        }
        return page.ToString().TrimEnd();
    }

    private static string Section(RecipeKey key) => key.Of.Length > 0 ? $"{key.Path.Split('.')[0]}: {key.Of}"
        : key.Path.Contains('.', StringComparison.Ordinal) ? key.Path.Split('.')[0] : "the recipe";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal);
}
