namespace MocoSharp.Recipes.Yaml;

/// <summary>A YAML file that holds one mapping, as written: values with their places. Immutable; edits give a new one.</summary>
public sealed class YamlDocumentFile
{
    private YamlDocumentFile(string fileName, string headComment, YamlMap root) =>
        (FileName, HeadComment, Root) = (fileName, headComment, root);

    /// <summary>The file's name as errors give it.</summary>
    public string FileName { get; }

    /// <summary>The comment lines before the first value, without their number signs; empty where there are none.</summary>
    public string HeadComment { get; }

    /// <summary>All keys and values.</summary>
    public YamlMap Root { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RecipeException">MS2011 where it cannot be read; otherwise as <see cref="Parse"/>.</exception>
    public static YamlDocumentFile Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException(ErrorIds.RecipeUnreadable, $"the recipe file cannot be read: {error.Message}", path,
                "give the path of a YAML file that you may read, or a named recipe (see 'moco recipes')", error);
        }
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="fileName">What errors call it.</param>
    /// <exception cref="RecipeException">MS2001 no YAML, MS2002 empty or of another form, MS2004 a key appears twice.</exception>
    public static YamlDocumentFile Parse(string text, string fileName)
    {
        text = text.TrimStart('\uFEFF');
        return YamlReader.Read(text, fileName) switch
        {
            YamlMap root => new YamlDocumentFile(fileName, HeadOf(text), root),
            YamlScalar { IsNull: true } => throw new RecipeException(ErrorIds.RecipeForm, "the file is empty", fileName,
                "start from a named recipe: moco recipes show moco-v2 > mine.yaml"),
            var other => throw new RecipeException(ErrorIds.RecipeForm, $"the file holds {other.Describe()}, expected keys and values",
                other.Place.ToString(),
                "write one 'key: value' a line"),
        };
    }

    /// <summary>This file with one value replaced or added.</summary>
    /// <param name="path">Keys joined by dots; items of lists by their number from 0, one past the last adds one:
    /// <c>views.0.steps.1</c>.</param>
    /// <param name="value">
    /// A single value as it is, or YAML where it begins with a bracket, a brace or a quote. That the key exists is checked when the file is
    /// bound.
    /// </param>
    /// <exception cref="RecipeException">MS2010: the path leads through a single value, or to an item that is not there.</exception>
    public YamlDocumentFile With(string path, string value) => new(FileName, HeadComment, YamlEdit.Apply(Root, path, value));

    /// <summary>This file with other keys and values.</summary>
    internal YamlDocumentFile With(YamlMap root) => new(FileName, HeadComment, root);

    /// <summary>As <see cref="With(string, string)"/>, from the form <c>path=value</c>.</summary>
    public YamlDocumentFile With(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new RecipeException(ErrorIds.BadEdit, $"'{assignment}' is no edit", $"--set {assignment}",
                "write path=value, such as training.epochs=5");
        return With(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
    }

    /// <summary>Where the value at a path was written, for errors that concern several values.</summary>
    /// <param name="path">As in <see cref="With(string, string)"/>.</param>
    /// <returns>The value's place, or that of the nearest enclosing value where it was left out.</returns>
    public string Position(string path)
    {
        YamlNode node = Root;
        foreach (string step in path.Split('.'))
        {
            YamlNode? next = node switch
            {
                YamlMap map => map.Find(step)?.Value,
                YamlList list when int.TryParse(step, out int index) && index >= 0 && index < list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null) break;
            node = next;
        }
        return node.Place.ToString();
    }

    private static string HeadOf(string text)
    {
        IEnumerable<string> lines = text.Split('\n').Select(line => line.Trim())
            .SkipWhile(line => line.Length == 0).TakeWhile(line => line.StartsWith('#'));
        return string.Join('\n', lines.Select(line => line.TrimStart('#').Trim())).Trim();
    }
}
