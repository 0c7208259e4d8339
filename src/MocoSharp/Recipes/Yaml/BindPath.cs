namespace MocoSharp.Recipes.Yaml;

/// <summary>The way from the root to a value, as <c>--set</c> takes it: <c>views.0.steps.1</c>.</summary>
/// <param name="Text">Keys and numbers joined by dots; empty at the root.</param>
internal readonly record struct BindPath(string Text)
{
    /// <summary>What errors call the value here.</summary>
    public string Subject => Text.Length == 0 ? "the recipe" : Text;

    public BindPath Then(string key) => new(Text.Length == 0 ? key : $"{Text}.{key}");

    public BindPath Then(int index) => Then($"{index}");
}
