using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Tests.Recipes;

public sealed class YamlDocumentFileTests
{
    [Fact]
    public void The_head_comment_is_what_stands_before_the_first_value() =>
        Assert.Equal("A sample.\n\nIt shows every type.", YamlDocumentFile.Parse(SampleRecipe.Yaml, "mine.yaml").HeadComment);

    [Theory]
    [InlineData("title: x\n")]
    [InlineData("title: x # not this\n# nor this\n")]
    public void There_may_be_no_head_comment(string yaml) => Assert.Equal("", YamlDocumentFile.Parse(yaml, "mine.yaml").HeadComment);

    [Theory]
    [InlineData("", "MS2002: the file is empty\n  at mine.yaml\n  start from a named recipe: moco recipes show moco-v2 > mine.yaml")]
    [InlineData("# only a comment\n",
        "MS2002: the file is empty\n  at mine.yaml\n  start from a named recipe: moco recipes show moco-v2 > mine.yaml")]
    [InlineData("---\n", "MS2002: the file is empty\n  at mine.yaml\n  start from a named recipe: moco recipes show moco-v2 > mine.yaml")]
    [InlineData("- a\n- b\n",
        "MS2002: the file holds a list of 2, expected keys and values\n  at mine.yaml(1,1)\n  write one 'key: value' a line")]
    [InlineData("a: 1\nb: 2\na: 3\n",
        "MS2004: the key 'a' appears twice; first at mine.yaml(1,1)\n  at mine.yaml(3,1)\n  remove one of the two")]
    [InlineData("a: {b: 1, b: 2}",
        "MS2004: the key 'b' appears twice; first at mine.yaml(1,5)\n  at mine.yaml(1,11)\n  remove one of the two")]
    [InlineData("a: 1\n---\nb: 1\n",
        "MS2002: a second document begins\n  at mine.yaml(2,1)\n  keep one recipe a file and remove the line '---'")]
    [InlineData("a: &x 1\nb: *x\n",
        "MS2002: the anchor '&x' is used\n  at mine.yaml(1,4)\n  remove it and write repeated values out: recipes have no anchors")]
    [InlineData("b: *x\n", "MS2002: the alias '*x' is used\n  at mine.yaml(1,4)\n  write the value out: recipes have no anchors")]
    [InlineData("<<: {a: 1}\n", "MS2002: the merge key '<<' is used\n  at mine.yaml(1,1)\n  write the keys out: recipes have no anchors")]
    [InlineData("a: !!str 1\n",
        "MS2002: the tag 'tag:yaml.org,2002:str' is used\n  at mine.yaml(1,4)\n  remove it: a key's own type is what counts")]
    [InlineData("[a, b]: 1\n", "MS2002: a key is a list or a mapping\n  at mine.yaml(1,1)\n  write a word before the colon")]
    [InlineData("a:\n\tb: 1\n",
        "MS2001: line 2 is indented with a tab\n  at mine.yaml(2,1)\n  indent with spaces: YAML allows no tabs there")]
    [InlineData("a:\n  b: 1\n  \tc: 2\n",
        "MS2001: line 3 is indented with a tab\n  at mine.yaml(3,3)\n  indent with spaces: YAML allows no tabs there")]
    public void What_is_no_recipe_is_refused_with_its_place(string yaml, string expected) =>
        Assert.Equal(expected, ErrorText.Of(() => YamlDocumentFile.Parse(yaml, "mine.yaml")));

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n")]
    [InlineData("a: \"x\n")]
    [InlineData("a: 1\n  b: 2\n")]
    [InlineData("a: }\n")]
    [InlineData("a: @x\n")]
    public void Broken_yaml_is_an_error_with_a_line(string yaml) =>
        Assert.Matches(@"^MS2001: mine\.yaml is no YAML: .+\n  at mine\.yaml\(\d+,\d+\)\n  check colons",
            ErrorText.Of(() => YamlDocumentFile.Parse(yaml, "mine.yaml")));

    [Fact]
    public void Whatever_is_written_binds_or_is_refused_in_words()
    {
        // Two random changes of a good file: a character or piece of syntax put in, or a stretch cut out.
        Gen<string> pieces = Gen.Elements(":", "- ", "[", "]", "{", "}", "\"", "'", "#", "\t", "\n", "  ", "&a", "*a", "!!int ", "---\n",
            "...\n", "? ", "|", ">", "%", "@", "\0", "\u0085", "\uFEFF", "é", "~", ",", "<<: ");
        Gen<Func<string, string>> changes =
            from at in Gen.Choose(0, 1000)
            from cut in Gen.Choose(0, 12)
            from piece in pieces
            select (Func<string, string>)(text => text[..(at % text.Length)] + piece
            + text[Math.Min(text.Length, at % text.Length + cut)..]);
        Prop.ForAll((from first in changes from second in changes select second(first(SampleRecipe.Yaml))).ToArbitrary(), text =>
        {
            try
            {
                SampleRecipe.Bind(text);
            }
            catch (RecipeException error)
            {
                Assert.NotEmpty(error.At!);
                Assert.NotEmpty(error.Fix!);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void A_hostile_depth_is_refused_instead_of_overflowing_the_stack() =>
        Assert.StartsWith("MS2002: the values are nested more than 64 deep",
            ErrorText.Of(() => YamlDocumentFile.Parse("a: " + new string('[', 5000), "mine.yaml")), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_an_error_with_its_path()
    {
        string path = Path.Combine(Path.GetTempPath(), "no-such-folder", "mine.yaml");
        Assert.StartsWith("MS2011: the recipe file cannot be read: ", ErrorText.Of(() => YamlDocumentFile.Load(path)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("method.queueLength", "mine.yaml(7,16)")]
    [InlineData("views.1.flip", "mine.yaml(17,7)")]
    [InlineData("method.left.out", "mine.yaml(6,3)")]
    public void A_value_knows_its_position(string path, string expected) =>
        Assert.Equal(expected, YamlDocumentFile.Parse(SampleRecipe.Yaml, "mine.yaml").Position(path));
}
