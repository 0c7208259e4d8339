using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Prints nodes as YAML: one key a line, short lists and a list's one-key items on one line.</summary>
internal static partial class YamlPrinter
{
    private const int Width = 140;

    public static string Print(YamlMap root, string headComment)
    {
        StringBuilder text = new();
        if (headComment.Length > 0)
            foreach (string line in headComment.Split('\n')) text.Append(line.Length == 0 ? "#" : $"# {line.TrimEnd()}").Append('\n');
        Map(text, root, indent: 0, isFirstIndented: false);
        return text.ToString();
    }

    /// <summary>Whether text may stand without quotes and still be read as text by any YAML reader.</summary>
    public static bool IsSafe(string text) => SafeText().IsMatch(text) && !Reserved().IsMatch(text);

    private static void Map(StringBuilder text, YamlMap map, int indent, bool isFirstIndented)
    {
        foreach (YamlEntry entry in map.Entries)
        {
            if (!isFirstIndented) text.Append(' ', indent);
            isFirstIndented = false;
            text.Append(Scalar(entry.Key, IsSafe(entry.Key))).Append(':');
            Value(text, entry.Value, indent + 2);
        }
    }

    private static void Value(StringBuilder text, YamlNode node, int indent)
    {
        if (node is YamlMap { Entries: [] } || IsLeaf(node))
        {
            text.Append(' ').Append(Flow(node)).Append('\n');
            return;
        }
        text.Append('\n');
        if (node is YamlMap map) Map(text, map, indent, isFirstIndented: false);
        else Items(text, (YamlList)node, indent);
    }

    private static void Items(StringBuilder text, YamlList list, int indent)
    {
        foreach (YamlNode item in list.Items)
        {
            text.Append(' ', indent).Append("- ");
            if (item is YamlMap { Entries: [var one] } && IsShort(item, indent)) text.Append($"{one.Key}: {Flow(one.Value)}\n");
            else if (IsShort(item, indent)) text.Append(Flow(item)).Append('\n');
            else if (item is YamlMap map) Map(text, map, indent + 2, isFirstIndented: true);
            else
            {
                text.Length -= 1;
                text.Append('\n');
                Items(text, (YamlList)item, indent + 2);
            }
        }
    }

    private static bool IsShort(YamlNode item, int indent) => item switch
    {
        YamlMap { Entries: [{ Value: YamlMap fields }] } =>
            fields.Entries.All(field => IsLeaf(field.Value)) && indent + Flow(item).Length <= Width,
        YamlMap { Entries: [] } => true,
        _ => IsLeaf(item),
    };

    private static bool IsLeaf(YamlNode node) => node is YamlScalar || node is YamlList list && list.Items.All(item => item is YamlScalar);

    private static string Flow(YamlNode node) => node switch
    {
        YamlScalar scalar => Scalar(scalar.Text, scalar.IsPlain),
        YamlList list => $"[{string.Join(", ", list.Items.Select(Flow))}]",
        YamlMap map => $"{{{string.Join(", ", map.Entries.Select(e => $"{Scalar(e.Key, IsSafe(e.Key))}: {Flow(e.Value)}"))}}}",
        _ => throw new ArgumentException($"{node} is no YAML node that can be printed", nameof(node)),
    };

    private static string Scalar(string text, bool isPlain)
    {
        if (isPlain) return text;
        StringBuilder quoted = new("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse
                    || rune.Value > 0xFFFF => $"\\U{rune.Value:X8}",
                _ => rune.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z_/]([A-Za-z0-9_./+\- ]*[A-Za-z0-9_./+\-])?\z")]
    private static partial Regex SafeText();

    [GeneratedRegex(@"^(true|false|null|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
