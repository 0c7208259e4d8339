using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Turns YAML text into nodes with places. Takes the part of YAML that has one meaning: no anchors, tags or merge keys.</summary>
internal sealed class YamlReader
{
    private const int MaximumDepth = 64;        // far above any recipe; keeps a hostile file from overflowing the stack
    private readonly string _source, _text;
    private readonly Scanner _scanner;
    private readonly Func<Mark, YamlPlace> _place;

    private YamlReader(string text, string source, YamlPlace? everywhere)
    {
        (_text, _source, _scanner) = (text, source, new Scanner(new StringReader(text)));
        _place = everywhere is { } place ? _ => place : mark => new YamlPlace(source, (int)mark.Line, (int)mark.Column);
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="source">The file's name.</param>
    /// <param name="everywhere">The place that all nodes get instead of their own.</param>
    /// <exception cref="RecipeException">MS2001, MS2002, MS2004.</exception>
    public static YamlNode Read(string text, string source, YamlPlace? everywhere = null)
    {
        YamlReader reader = new(text, source, everywhere);
        try
        {
            return reader.Document(new Parser(reader._scanner));
        }
        catch (YamlException error)
        {
            throw reader.Syntax(error, error.Message, error.Start);
        }
        catch (InvalidOperationException error)     // the scanner's own answer to a bracket that is never closed
        {
            throw reader.Syntax(error, "a bracket, brace or quote is not closed", reader._scanner.CurrentPosition);
        }
        catch (ArgumentException error)             // the scanner's own answer to a tag that is no address
        {
            throw reader.Syntax(error, error.Message, reader._scanner.CurrentPosition);
        }
    }

    private YamlNode Document(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return new YamlScalar("", IsPlain: true, _place(new Mark(0, 1, 1)));
        parser.Consume<DocumentStart>();
        YamlNode root = Node(parser, depth: 0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out _))
            throw Form("a second document begins", parser.Current!.Start, "keep one recipe a file and remove the line '---'");
        return root;
    }

    private YamlNode Node(Parser parser, int depth)
    {
        ParsingEvent here = parser.Current!;
        if (depth > MaximumDepth) throw Form($"the values are nested more than {MaximumDepth} deep", here.Start, "write a flatter recipe");
        if (here is AnchorAlias alias) throw Form($"the alias '*{alias.Value}' is used", here.Start,
            "write the value out: recipes have no anchors");
        if (here is NodeEvent { Anchor.IsEmpty: false } anchored)
            throw Form($"the anchor '&{anchored.Anchor}' is used", here.Start,
                "remove it and write repeated values out: recipes have no anchors");
        if (here is NodeEvent { Tag.IsEmpty: false } tagged && !(tagged is Scalar && tagged.Tag.IsNonSpecific))
            throw Form($"the tag '{tagged.Tag}' is used", here.Start, "remove it: a key's own type is what counts");
        return here switch
        {
            Scalar => Leaf(parser.Consume<Scalar>()),
            SequenceStart => List(parser, depth),
            _ => Map(parser, depth),
        };
    }

    private YamlScalar Leaf(Scalar scalar) => new(scalar.Value, scalar.Style == ScalarStyle.Plain, _place(scalar.Start));

    private YamlList List(Parser parser, int depth)
    {
        SequenceStart start = parser.Consume<SequenceStart>();
        List<YamlNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(parser, depth + 1));
        return new YamlList(items, _place(start.Start));
    }

    private YamlMap Map(Parser parser, int depth)
    {
        MappingStart start = parser.Consume<MappingStart>();
        Dictionary<string, YamlPlace> seen = [];
        List<YamlEntry> entries = [];
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Mark at = parser.Current!.Start;
            if (Node(parser, depth + 1) is not YamlScalar { Text: var key, Place: var place })
                throw Form("a key is a list or a mapping", at, "write a word before the colon");
            if (key == "<<") throw Form("the merge key '<<' is used", at, "write the keys out: recipes have no anchors");
            if (!seen.TryAdd(key, place))
                throw new RecipeException(ErrorIds.DuplicateKey, $"the key '{key}' appears twice; first at {seen[key]}", place.ToString(),
                    "remove one of the two");
            entries.Add(new YamlEntry(key, place, Node(parser, depth + 1)));
        }
        return new YamlMap(entries, _place(start.Start));
    }

    private RecipeException Form(string what, Mark at, string fix) => new(ErrorIds.RecipeForm, what, _place(at).ToString(), fix);

    private RecipeException Syntax(Exception error, string reason, Mark at)
    {
        string[] lines = _text.Split('\n');
        // A tab is the usual reason, and the parser's own words do not say so: look at the lines up to the one that it was reading.
        for (int i = 0; i < lines.Length && i < _scanner.CurrentPosition.Line; i++)
        {
            int tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && string.IsNullOrWhiteSpace(lines[i][..tab]))
                return new RecipeException(ErrorIds.RecipeSyntax, $"line {i + 1} is indented with a tab",
                    _place(new Mark(0, i + 1, tab + 1)).ToString(),
                    "indent with spaces: YAML allows no tabs there", error);
        }
        reason = reason.TrimEnd('.');
        return new RecipeException(ErrorIds.RecipeSyntax, $"{_source} is no YAML: {char.ToLowerInvariant(reason[0])}{reason[1..]}",
            _place(at).ToString(), "check colons, quotes, brackets and the indentation there", error);
    }
}
