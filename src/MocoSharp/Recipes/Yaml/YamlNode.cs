namespace MocoSharp.Recipes.Yaml;

/// <summary>A value in a YAML document, with its place.</summary>
/// <param name="Place">Where it begins.</param>
public abstract record YamlNode(YamlPlace Place)
{
    /// <summary>For errors: the value as the user wrote it, or what it is.</summary>
    internal abstract string Describe();
}

/// <summary>A single value.</summary>
/// <param name="Text">What is written, without quotes.</param>
/// <param name="IsPlain">Written without quotes: only then can it be a number, true, false or null.</param>
/// <param name="Place">Where it begins.</param>
public sealed record YamlScalar(string Text, bool IsPlain, YamlPlace Place) : YamlNode(Place)
{
    /// <summary>Whether nothing, <c>~</c> or <c>null</c> is written.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null");

    internal override string Describe() => IsNull ? "nothing" : IsPlain ? Text : $"the text \"{Text}\"";
}

/// <summary>Values in order.</summary>
/// <param name="Items">The values.</param>
/// <param name="Place">Where it begins.</param>
public sealed record YamlList(IReadOnlyList<YamlNode> Items, YamlPlace Place) : YamlNode(Place)
{
    internal override string Describe() => Items.Count == 1 ? "a list of 1" : $"a list of {Items.Count}";
}

/// <summary>Keys and their values, in the order of the file; no key appears twice.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Place">Where it begins.</param>
public sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, YamlPlace Place) : YamlNode(Place)
{
    /// <summary>The entry of a key; null where there is none.</summary>
    public YamlEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    internal override string Describe() => $"a mapping ({string.Join(", ", Entries.Select(entry => entry.Key))})";
}

/// <summary>One line of a mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="KeyPlace">Where the key begins.</param>
/// <param name="Value">The value.</param>
public sealed record YamlEntry(string Key, YamlPlace KeyPlace, YamlNode Value);
