using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MocoSharp.Recipes;

/// <summary>What a recipe's keys mean, from the documentation files that lie beside the assemblies; nothing where they do not.</summary>
internal static partial class KeyTexts
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> s_members = [];

    /// <summary>The text of a record's parameter.</summary>
    internal static string Of(Type record, string name)
    {
        for (Type? type = record; type is not null && type != typeof(object); type = type.BaseType)
        {
            string full = (type.FullName ?? type.Name).Replace('+', '.');
            Dictionary<string, XElement> members = Members(type.Assembly);
            XElement? text = members.GetValueOrDefault($"T:{full}")?.Elements("param")
                .FirstOrDefault(param => (string?)param.Attribute("name") == name)
                ?? members.GetValueOrDefault($"P:{full}.{name}")?.Element("summary");
            if (text is not null) return Plain(text);
        }
        return "";
    }

    private static Dictionary<string, XElement> Members(Assembly assembly)
    {
        lock (s_members)
        {
            if (s_members.TryGetValue(assembly, out Dictionary<string, XElement>? known)) return known;
            string path = Path.ChangeExtension(Path.Combine(AppContext.BaseDirectory, Path.GetFileName(assembly.Location)), ".xml");
            Dictionary<string, XElement> members = !File.Exists(path) ? []
                : XDocument.Load(path).Descendants("member")
                .ToDictionary(static member => (string)member.Attribute("name")!, static member => member);
            return s_members[assembly] = members;
        }
    }

    private static string Plain(XElement element) => Blanks().Replace(string.Concat(element.Nodes().Select(static node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" } see =>
            Called((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? see.Value),
        XElement { Name.LocalName: "paramref" } reference => Key((string?)reference.Attribute("name") ?? ""),
        XElement inner => inner.Value,
        _ => "",
    })), " ").Trim();

    private static string Called(string reference) => Key(reference.Split('(')[0].Split('.', ':')[^1]);

    private static string Key(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
