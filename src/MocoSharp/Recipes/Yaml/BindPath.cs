namespace MocoSharp.Recipes.Yaml;

/// <summary>The way from the root to a value, as <c>--set</c> takes it: <c>views.0.steps.1</c>.</summary>
/// <param name="Text">Keys and numbers joined by dots; empty at the root.</param>
internal readonly record struct BindPath(string Text)
{
    /// <summary>What errors call the value here.</summary>
    public string Subject => Text.Length == 0 ? "the recipe" : Text;

    /// <summary>The last key; with its number where it is an item of a list.</summary>
    public string Key => Text.Split('.') is [.., var list, var last] && char.IsAsciiDigit(last[0]) ? $"{list}.{last}"
        : Text[(Text.LastIndexOf('.') + 1)..];

    public BindPath Then(string key) => new(Text.Length == 0 ? key : $"{Text}.{key}");

    public BindPath Then(int index) => Then($"{index}");
}
