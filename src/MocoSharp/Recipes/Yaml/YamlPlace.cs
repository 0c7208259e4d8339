namespace MocoSharp.Recipes.Yaml;

/// <summary>Where a key or value was written.</summary>
/// <param name="Source">The file's name, or the edit (<c>--set path=value</c>).</param>
/// <param name="Line">Counted from 1; 0 where the source has no lines.</param>
/// <param name="Column">Counted from 1; 0 where the source has no lines.</param>
public readonly record struct YamlPlace(string Source, int Line = 0, int Column = 0)
{
    /// <summary>For people: <c>recipes/mine.yaml(9,20)</c>.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}({Line},{Column})";
}
